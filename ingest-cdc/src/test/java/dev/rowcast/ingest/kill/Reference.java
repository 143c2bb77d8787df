package dev.rowcast.ingest.kill;

import dev.rowcast.embedded.Postgres;
import dev.rowcast.schemas.position.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A second logical slot of the same database, with Postgres's own `test_decoding`: what committed, in commit order,
/// told by the server alone.
final class Reference {

    private static final int ROWS_A_FETCH = 10_000;

    private final Postgres.Database database;
    private final String slot;

    private Reference(Postgres.Database database, String slot) {
        this.database = database;
        this.slot = slot;
    }

    /// Makes the slot; it tells everything that commits from now on.
    static Reference create(Postgres.Database database, String slot) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_create_logical_replication_slot('%s', 'test_decoding')".formatted(slot));
        }
        return new Reference(database, slot);
    }

    /// Everything that committed since, without moving the slot.
    List<Committed> read() throws SQLException {
        ReferenceText text = new ReferenceText();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(ROWS_A_FETCH);
            try (ResultSet lines = statement.executeQuery(
                    "select lsn::text, xid::text, data from pg_logical_slot_peek_changes('%s', null, null, "
                                    .formatted(slot)
                            + "'skip-empty-xacts', '1')")) {
                while (lines.next()) {
                    text.line(Lsn.parse(lines.getString(1)).value(), lines.getLong(2), lines.getString(3));
                }
            }
        }
        return text.transactions();
    }
}
