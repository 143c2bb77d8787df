package dev.rowcast.ingest;

import dev.rowcast.ingest.check.DatabaseCheck;
import dev.rowcast.ingest.check.DatabaseInspection;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
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

    /// Everything about the database, whether right or wrong. Takes up to 5 s when nothing answers.
    ///
    /// @param role whose rights are looked at; empty for the one that the URL names
    /// @throws InterruptedException when the thread was interrupted while it looked
    public static List<Finding> database(DatabaseUrl url, Catalog catalog, Optional<String> role)
            throws InterruptedException {
        Database database = new Database(url);
        List<Finding> findings = new ArrayList<>();
        try (Connection connection = database.connect()) {
            findings.add(Finding.ok(DatabaseCheck.REACHABLE, url.toString()));
            findings.addAll(DatabaseInspection.all(connection, catalog, role));
        } catch (SQLException e) {
            findings.add(unreachable(database.fault(e).fault()));
        } catch (FaultException e) {
            findings.add(unreachable(e.fault()));
        }
        return List.copyOf(findings);
    }

    private static Finding unreachable(Fault fault) {
        return Finding.error(DatabaseCheck.REACHABLE, fault.code(), fault.reason(), fault.fix());
    }

    /// What keeps this database from serving the catalog.
    static List<Fault> database(Connection connection, Catalog catalog) throws SQLException {
        return DatabaseInspection.faults(connection, catalog);
    }

    /// What is wrong with the broker, if anything. Takes up to 9 s when nothing answers.
    public static Optional<Fault> broker(String bootstrapServers) {
        return new TopicSetup(new KafkaSettings(bootstrapServers, IngestConfig.LARGEST_RECORD_BYTES)).probe();
    }

    /// What is wrong with the schema registry, if anything. Takes up to 5 s when nothing answers.
    public static Optional<Fault> registry(String url) {
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
