package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.catalog.DatabaseShape.Partitioning;
import dev.rowcast.schemas.catalog.DatabaseShape.Publication;
import dev.rowcast.schemas.catalog.DatabaseShape.Sent;
import dev.rowcast.schemas.catalog.DatabaseShape.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Holds what the publication sends against what the catalog needs.
final class PublicationCheck {

    private final Catalog catalog;
    private final DatabaseShape shape;
    private final String name;
    private final List<DatabaseProblem> problems = new ArrayList<>();

    private PublicationCheck(Catalog catalog, DatabaseShape shape) {
        this.catalog = catalog;
        this.shape = shape;
        this.name = SqlIdentifiers.quote(catalog.publication());
    }

    static List<DatabaseProblem> problems(Catalog catalog, DatabaseShape shape) {
        PublicationCheck check = new PublicationCheck(catalog, shape);
        shape.publication().ifPresentOrElse(check::publication, check::missing);
        return check.problems;
    }

    private void missing() {
        add(
                DatabaseCode.PUBLICATION_MISSING,
                "publication " + catalog.publication() + " does not exist",
                "create it as the owner of the tables",
                create());
    }

    private String create() {
        Set<TableName> wanted = existing();
        String tables = wanted.stream().map(TableName::toSql).collect(Collectors.joining(", "));
        boolean partitioned = wanted.stream().anyMatch(this::isPartitioned);
        return "CREATE PUBLICATION " + name + (tables.isEmpty() ? "" : " FOR TABLE " + tables)
                + (partitioned ? " WITH (publish_via_partition_root = true);" : ";");
    }

    private void publication(Publication publication) {
        operations(publication);
        for (TableName table : existing()) {
            Table found = shape.tables().get(table);
            Sent sent = publication.tables().get(table);
            if (found == null) {
                continue;
            }
            if (sent == null) {
                notSent(table, found, publication);
            } else {
                filter(table, sent);
                columns(table, found, sent);
            }
        }
        surplus(publication);
    }

    private void operations(Publication publication) {
        if (!publication.unsent().isEmpty()) {
            add(
                    DatabaseCode.PUBLICATION_OPERATIONS,
                    "publication %s does not send %s"
                            .formatted(catalog.publication(), String.join(", ", publication.unsent())),
                    "send all",
                    "ALTER PUBLICATION " + name + " SET (publish = 'insert, update, delete, truncate');");
        }
    }

    private void notSent(TableName table, Table found, Publication publication) {
        if (found.partitioning() instanceof Partitioning.Root(Map<TableName, ?> leaves) && !publication.viaRoot()) {
            add(
                    DatabaseCode.PARTITIONS_APART,
                    "rows of " + table + " would arrive under the names of its partitions",
                    "let them arrive under its own",
                    "ALTER PUBLICATION " + name + " SET (publish_via_partition_root = true);");
            if (publication.tables().keySet().containsAll(leaves.keySet())) {
                return; // it is a member
            }
        }
        if (found.partitioning() instanceof Partitioning.Partition(TableName root)
                && publication.tables().containsKey(root)) {
            add(
                    DatabaseCode.TABLE_NOT_PUBLISHED,
                    "%s is a partition of %s, which is published as a whole".formatted(table, root),
                    "name " + root + " in the catalog instead");
            return;
        }
        add(
                DatabaseCode.TABLE_NOT_PUBLISHED,
                table + " is not in publication " + catalog.publication(),
                "add it",
                "ALTER PUBLICATION " + name + " ADD TABLE " + table.toSql() + ";");
    }

    private void filter(TableName table, Sent sent) {
        sent.filter()
                .ifPresent(condition -> add(
                        DatabaseCode.ROWS_FILTERED,
                        "%s sends only rows of %s with %s".formatted(catalog.publication(), table, condition),
                        "publish the table whole",
                        again(table)));
    }

    /// A column list has a second edge: with an old row that is wider than the list, Postgres refuses the
    /// application's updates and deletes.
    private void columns(TableName table, Table found, Sent sent) {
        Set<String> needed = new LinkedHashSet<>(
                Catalog.OWN_TABLES.contains(table) ? found.columns().keySet() : catalog.columns(table));
        needed.addAll(found.primaryKey());
        needed.retainAll(found.columns().keySet());
        needed.removeAll(sent.columns());
        if (needed.isEmpty()) {
            return;
        }
        boolean onlyGenerated = needed.stream().allMatch(column -> isGenerated(found, column));
        add(
                DatabaseCode.COLUMN_NOT_PUBLISHED,
                "%s does not send %s of %s".formatted(catalog.publication(), String.join(", ", needed), table),
                onlyGenerated ? "send generated columns, which needs PostgreSQL 18" : "publish the table whole",
                onlyGenerated
                        ? new String[] {"ALTER PUBLICATION " + name + " SET (publish_generated_columns = stored);"}
                        : again(table));
    }

    private static boolean isGenerated(Table table, String column) {
        DatabaseShape.@Nullable Column found = table.columns().get(column);
        return found != null && found.generated();
    }

    private String[] again(TableName table) {
        return new String[] {
            "BEGIN;",
            "ALTER PUBLICATION " + name + " DROP TABLE " + table.toSql() + ";",
            "ALTER PUBLICATION " + name + " ADD TABLE " + table.toSql() + ";",
            "COMMIT;"
        };
    }

    private void surplus(Publication publication) {
        Set<TableName> extra = new TreeSet<>(publication.tables().keySet());
        extra.removeAll(catalog.publishedTables());
        extra.removeIf(table -> shape.tables().get(table) instanceof Table found
                && found.partitioning() instanceof Partitioning.Partition(TableName root)
                && catalog.publishedTables().contains(root));
        if (extra.isEmpty()) {
            return;
        }
        if (publication.named()) {
            extra.forEach(table -> add(
                    DatabaseCode.TABLE_NOT_IN_CATALOG,
                    table + " is in publication " + catalog.publication() + " and not in the catalog",
                    "add it to the catalog, or take it out of the publication",
                    "ALTER PUBLICATION " + name + " DROP TABLE " + table.toSql() + ";"));
        } else {
            add(
                    DatabaseCode.TABLE_NOT_IN_CATALOG,
                    "publication %s takes whole schemas or all tables, %d more than the catalog names"
                            .formatted(catalog.publication(), extra.size()),
                    "stop ingest and name its tables one by one",
                    "DROP PUBLICATION " + name + ";",
                    create());
        }
    }

    private boolean isPartitioned(TableName table) {
        return shape.tables().get(table) instanceof Table found && found.partitioning() instanceof Partitioning.Root;
    }

    private Set<TableName> existing() {
        Set<TableName> existing = new LinkedHashSet<>(catalog.publishedTables());
        existing.retainAll(shape.tables().keySet());
        return existing;
    }

    private void add(DatabaseCode code, String message, String fix, String... sql) {
        problems.add(new DatabaseProblem(code, message, fix, List.of(sql)));
    }
}
