package dev.rowcast.ingest.check;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogCheck;
import dev.rowcast.schemas.catalog.DatabaseCode;
import dev.rowcast.schemas.catalog.DatabaseProblem;
import dev.rowcast.schemas.catalog.DatabaseShape;
import dev.rowcast.schemas.catalog.DatabaseShape.Partitioning;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns what [CatalogCheck] says into findings, with one for each thing that it found right.
final class CatalogFit {

    private CatalogFit() {}

    static List<Finding> findings(Catalog catalog, DatabaseShape shape) {
        Map<DatabaseCheck, List<Finding>> problems = new EnumMap<>(DatabaseCheck.class);
        CatalogCheck.problems(catalog, shape).stream()
                .map(CatalogFit::finding)
                .forEach(finding -> problems.computeIfAbsent((DatabaseCheck) finding.check(), key -> new ArrayList<>())
                        .add(finding));
        Map<DatabaseCheck, List<Finding>> all = new EnumMap<>(DatabaseCheck.class);
        right(catalog, shape).forEach((check, message) -> all.put(check, List.of(Finding.ok(check, message))));
        all.putAll(problems);
        return all.values().stream().flatMap(List::stream).toList();
    }

    /// What is said of each thing that was looked at when nothing is wrong with it. Of a publication that is not
    /// there nothing else can be said.
    private static Map<DatabaseCheck, String> right(Catalog catalog, DatabaseShape shape) {
        Map<DatabaseCheck, String> right = new EnumMap<>(DatabaseCheck.class);
        right.put(DatabaseCheck.WAL_LEVEL, shape.walLevel());
        if (shape.publication().isPresent()) {
            right.put(DatabaseCheck.PUBLICATION, catalog.publication());
            right.put(
                    DatabaseCheck.PUBLICATION_TABLES,
                    "the %d that must be in it, and no other"
                            .formatted(catalog.publishedTables().size()));
            right.put(DatabaseCheck.PUBLICATION_OPERATIONS, "insert, update, delete, truncate");
            right.put(DatabaseCheck.PUBLICATION_COLUMNS, "all that the catalog names");
            right.put(DatabaseCheck.PUBLICATION_ROWS, "all; no row filter");
            if (catalog.publishedTables().stream()
                    .anyMatch(table -> Optional.ofNullable(shape.tables().get(table))
                            .filter(found -> found.partitioning() instanceof Partitioning.Root)
                            .isPresent())) {
                right.put(DatabaseCheck.PUBLICATION_PARTITIONS, "arrive under the name of their table");
            }
        }
        right.put(
                DatabaseCheck.TABLES,
                "%d of the catalog, %d of Rowcast's own"
                        .formatted(catalog.capturedTables().size(), Catalog.OWN_TABLES.size()));
        right.put(DatabaseCheck.TABLE_COLUMNS, "those of the catalog are there, with types that fit");
        right.put(DatabaseCheck.TABLE_KEYS, "every table has one");
        right.put(DatabaseCheck.TABLE_IDENTITY, "old rows hold what routing needs");
        return right;
    }

    private static Finding finding(DatabaseProblem problem) {
        // A table too many in the publication is only read for nothing.
        Severity severity = problem.code() == DatabaseCode.TABLE_NOT_IN_CATALOG ? Severity.WARNING : Severity.ERROR;
        return new Finding(
                check(problem.code()),
                severity,
                problem.message(),
                severity == Severity.ERROR ? Optional.of(code(problem)) : Optional.empty(),
                problem.fix(),
                problem.sql());
    }

    private static DatabaseCheck check(DatabaseCode code) {
        return switch (code) {
            case WAL_LEVEL -> DatabaseCheck.WAL_LEVEL;
            case PUBLICATION_MISSING -> DatabaseCheck.PUBLICATION;
            case TABLE_NOT_PUBLISHED, TABLE_NOT_IN_CATALOG -> DatabaseCheck.PUBLICATION_TABLES;
            case PUBLICATION_OPERATIONS -> DatabaseCheck.PUBLICATION_OPERATIONS;
            case COLUMN_NOT_PUBLISHED -> DatabaseCheck.PUBLICATION_COLUMNS;
            case ROWS_FILTERED -> DatabaseCheck.PUBLICATION_ROWS;
            case PARTITIONS_APART -> DatabaseCheck.PUBLICATION_PARTITIONS;
            case TABLE_MISSING -> DatabaseCheck.TABLES;
            case COLUMN_MISSING, COLUMN_TYPE, TENANCY_NULLABLE -> DatabaseCheck.TABLE_COLUMNS;
            case PRIMARY_KEY_MISSING, PARENT_KEY -> DatabaseCheck.TABLE_KEYS;
            case REPLICA_IDENTITY -> DatabaseCheck.TABLE_IDENTITY;
        };
    }

    private static FaultCode code(DatabaseProblem problem) {
        return switch (problem.code()) {
            case WAL_LEVEL -> FaultCode.WAL_LEVEL;
            case PUBLICATION_MISSING,
                    TABLE_NOT_PUBLISHED,
                    PUBLICATION_OPERATIONS,
                    COLUMN_NOT_PUBLISHED,
                    ROWS_FILTERED,
                    PARTITIONS_APART -> FaultCode.PUBLICATION;
            case TABLE_MISSING ->
                Catalog.OWN_TABLES.stream().anyMatch(own -> problem.message().startsWith(own.toString()))
                        ? FaultCode.SETUP_MISSING
                        : FaultCode.CATALOG_MISMATCH;
            case TABLE_NOT_IN_CATALOG,
                    COLUMN_MISSING,
                    COLUMN_TYPE,
                    TENANCY_NULLABLE,
                    PRIMARY_KEY_MISSING,
                    PARENT_KEY,
                    REPLICA_IDENTITY -> FaultCode.CATALOG_MISMATCH;
        };
    }
}
