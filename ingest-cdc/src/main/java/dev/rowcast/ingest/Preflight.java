package dev.rowcast.ingest;

import dev.rowcast.ingest.check.DatabaseInspection;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.schemas.catalog.Catalog;
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
        return DatabaseInspection.faults(connection, catalog);
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
