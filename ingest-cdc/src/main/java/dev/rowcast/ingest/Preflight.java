package dev.rowcast.ingest;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.ShapeReader;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogCheck;
import dev.rowcast.schemas.catalog.DatabaseCode;
import dev.rowcast.schemas.catalog.DatabaseProblem;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.RegistryException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at everything that ingest stands on and says what is wrong, all at once. It changes nothing.
public final class Preflight {

    private Preflight() {}

    /// Every fault, of the database first, then of Kafka and of the registry. Takes up to 15 s when nothing
    /// answers.
    public static List<Fault> check(IngestConfig config) {
        List<Fault> faults = new ArrayList<>(database(config));
        new TopicSetup(new KafkaSettings(config.bootstrapServers(), config.largestRecordBytes()))
                .probe()
                .ifPresent(faults::add);
        registry(config.registryUrl()).ifPresent(faults::add);
        return List.copyOf(faults);
    }

    private static List<Fault> database(IngestConfig config) {
        Database database = new Database(config.database());
        try (Connection connection = database.connect()) {
            return database(connection, config.catalog());
        } catch (SQLException e) {
            return List.of(database.fault(e).fault());
        } catch (FaultException e) {
            return List.of(e.fault());
        }
    }

    /// What keeps this database from serving the catalog.
    static List<Fault> database(Connection connection, Catalog catalog) throws SQLException {
        return CatalogCheck.problems(catalog, new ShapeReader(connection).read(catalog)).stream()
                // A table too many in the publication is only read for nothing.
                .filter(problem -> problem.code() != DatabaseCode.TABLE_NOT_IN_CATALOG)
                .map(Preflight::fault)
                .toList();
    }

    private static Fault fault(DatabaseProblem problem) {
        String fix = problem.sql().isEmpty() ? problem.fix() : problem.fix() + ": " + String.join(" ", problem.sql());
        return new Fault(code(problem), problem.message(), fix);
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

    private static Optional<Fault> registry(String url) {
        try {
            new RegistryClient(url).latest("rowcast.changes-value");
            return Optional.empty();
        } catch (RegistryException e) {
            return switch (e.reason()) {
                case NOT_FOUND -> Optional.empty(); // it answers; the schema comes with the first start
                case UNAVAILABLE, INCOMPATIBLE, REFUSED ->
                    Optional.of(new Fault(
                            FaultCode.REGISTRY_AWAY,
                            String.valueOf(e.getMessage()),
                            "start it, or mend SCHEMA_REGISTRY_URL"));
            };
        }
    }
}
