package dev.rowcast.ingest;

import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.route.WithoutDelivered;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.PublicationVersion;
import dev.rowcast.ingest.slot.ShapeReader;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogCheck;
import dev.rowcast.schemas.catalog.DatabaseCode;
import dev.rowcast.schemas.catalog.DatabaseProblem;
import dev.rowcast.schemas.catalog.DatabaseShape;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.position.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds the database against the catalog while rows flow, and sets aside the tables that stopped to fit: a table
/// that was dropped, renamed or taken out of the publication says nothing in the log. Thread-safe.
final class CatalogWatch {

    private static final Logger log = LoggerFactory.getLogger(CatalogWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(10);

    /// Problems of one table, which the others need not wait for. That a tenancy column admits null is none: a row
    /// without a tenant is set aside by itself.
    private static final Set<DatabaseCode> OF_ONE_TABLE = Set.of(
            DatabaseCode.TABLE_NOT_PUBLISHED,
            DatabaseCode.COLUMN_NOT_PUBLISHED,
            DatabaseCode.ROWS_FILTERED,
            DatabaseCode.PARTITIONS_APART,
            DatabaseCode.TABLE_MISSING,
            DatabaseCode.COLUMN_MISSING,
            DatabaseCode.COLUMN_TYPE,
            DatabaseCode.PRIMARY_KEY_MISSING,
            DatabaseCode.PARENT_KEY,
            DatabaseCode.REPLICA_IDENTITY);

    /// Those of them that rows show by themselves, and more exactly: rows from before the change still fit.
    private static final Set<DatabaseCode> SHOWN_BY_ROWS =
            Set.of(DatabaseCode.COLUMN_MISSING, DatabaseCode.COLUMN_TYPE, DatabaseCode.PRIMARY_KEY_MISSING);

    private final Database database;
    private final IngestConfig config;
    private final Catalog routing;
    private final Quarantine quarantine;
    private Instant looked = Instant.MIN;
    private String publication = "";

    CatalogWatch(Database database, IngestConfig config, Quarantine quarantine) {
        this.database = database;
        this.config = config;
        this.routing = WithoutDelivered.of(config.catalog());
        this.quarantine = quarantine;
    }

    /// Looks when it has not for a while.
    synchronized void lookNowAndThen() {
        if (!looked.plus(EVERY).isAfter(config.clock().instant())) {
            look();
        }
    }

    /// Looks when the publication is another than before. A time that was read before this can be told of all that is
    /// committed by then: what was not published is in quarantine.
    synchronized void lookIfChanged(Connection connection) throws SQLException {
        String now = PublicationVersion.read(connection, config.catalog().publication());
        if (!now.equals(publication)) {
            look(connection);
            publication = now;
        }
    }

    /// Looks on a connection of its own. A database that does not answer is noticed elsewhere.
    synchronized void look() {
        looked = config.clock().instant();
        try (Connection connection = database.connect()) {
            look(connection);
        } catch (SQLException e) {
            log.atDebug().setCause(e).log("Catalog not held against the database");
        }
    }

    synchronized void look(Connection connection) throws SQLException {
        Map<TableName, Map.Entry<String, String>> problems = new HashMap<>();
        for (DatabaseProblem problem : problems(connection)) {
            if (!SHOWN_BY_ROWS.contains(problem.code())) {
                table(problem)
                        .ifPresent(
                                table -> problems.putIfAbsent(table, Map.entry(problem.message(), wayBack(problem))));
            }
        }
        quarantine.database(problems, position(connection));
    }

    private static Lsn position(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_wal_insert_lsn()")) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }

    /// What is said of single tables, for which the others need not wait.
    Set<String> messages(Connection connection) throws SQLException {
        Catalog catalog = config.catalog();
        return CatalogCheck.problems(catalog, new ShapeReader(connection).read(catalog)).stream()
                .filter(problem -> OF_ONE_TABLE.contains(problem.code()))
                .filter(problem -> table(problem).isPresent())
                .map(DatabaseProblem::message)
                .collect(Collectors.toSet());
    }

    private List<DatabaseProblem> problems(Connection connection) throws SQLException {
        Catalog catalog = config.catalog();
        DatabaseShape shape = new ShapeReader(connection).read(catalog);
        // An old row that lacks what is only delivered still tells the right audience.
        Stream<DatabaseProblem> narrow = CatalogCheck.problems(routing, shape).stream()
                .filter(problem -> problem.code() == DatabaseCode.REPLICA_IDENTITY);
        Stream<DatabaseProblem> others = CatalogCheck.problems(catalog, shape).stream()
                .filter(problem -> OF_ONE_TABLE.contains(problem.code()))
                .filter(problem -> problem.code() != DatabaseCode.REPLICA_IDENTITY);
        return Stream.concat(others, narrow)
                .filter(problem -> table(problem).isPresent())
                .toList();
    }

    private static String wayBack(DatabaseProblem problem) {
        return problem.sql().isEmpty() ? problem.fix() : problem.fix() + ": " + String.join(" ", problem.sql());
    }

    /// The captured table that the problem is about. The longest name counts, as one may be part of another.
    private Optional<TableName> table(DatabaseProblem problem) {
        return config.catalog().capturedTables().stream()
                .filter(table -> (" " + problem.message() + " ").matches(".*\\W\\Q" + table + "\\E\\W.*"))
                .max(Comparator.comparingInt(table -> table.toString().length()));
    }
}
