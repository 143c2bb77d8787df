package dev.rowcast.ingest.check;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.slot.ShapeReader;
import dev.rowcast.schemas.catalog.Catalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Looks at a database as capture needs it. Changes nothing.
public final class DatabaseInspection {

    private final Connection connection;
    private final Catalog catalog;
    private final ServerSettings server;

    private DatabaseInspection(Connection connection, Catalog catalog) throws SQLException {
        this.connection = connection;
        this.catalog = catalog;
        this.server = ServerSettings.read(connection, catalog.slot());
    }

    /// Everything, in the order of [DatabaseCheck]. Takes a second longer when the role does not see since when
    /// transactions are open.
    ///
    /// @param role whose rights are looked at; empty for the role that is connected
    /// @throws InterruptedException when the thread was interrupted in that second
    public static List<Finding> all(Connection connection, Catalog catalog, Optional<String> role)
            throws SQLException, InterruptedException {
        DatabaseInspection inspection = new DatabaseInspection(connection, catalog);
        List<Finding> findings = new ArrayList<>(inspection.standing(role));
        if (!inspection.server.standby()) {
            findings.addAll(SlotCheck.findings(connection, catalog));
        }
        findings.addAll(TransactionCheck.findings(connection, inspection.server.slotThere(), TransactionCheck.LONG));
        return inOrder(findings);
    }

    /// What keeps ingest, as the role that is connected, from starting on this database.
    public static List<Fault> faults(Connection connection, Catalog catalog) throws SQLException {
        return inOrder(new DatabaseInspection(connection, catalog).standing(Optional.empty())).stream()
                .flatMap(finding -> finding.fault().stream())
                .toList();
    }

    /// What stays as it is until somebody changes it.
    private List<Finding> standing(Optional<String> role) throws SQLException {
        List<Finding> findings = new ArrayList<>(ServerCheck.findings(server));
        findings.addAll(RoleCheck.findings(connection, catalog, role));
        findings.addAll(CatalogFit.findings(catalog, new ShapeReader(connection).read(catalog)));
        return findings;
    }

    private static List<Finding> inOrder(List<Finding> findings) {
        return findings.stream()
                .sorted(Comparator.comparing(finding -> (DatabaseCheck) finding.check()))
                .toList();
    }
}
