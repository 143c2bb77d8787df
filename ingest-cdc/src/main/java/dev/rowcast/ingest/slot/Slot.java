package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// What can be asked of and done to one replication slot, over an ordinary connection.
public final class Slot {

    private final Connection connection;
    private final String name;

    /// @param connection stays the caller's, who closes it
    public Slot(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    /// How the slot stands; empty when there is none.
    public Optional<SlotState> find() throws SQLException {
        String sql = """
                select active, coalesce(wal_status = 'lost', false), coalesce(confirmed_flush_lsn, '0/0')::text,
                       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint
                from pg_replication_slots where slot_name = ?""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new SlotState(
                                row.getBoolean(1), row.getBoolean(2), Lsn.parse(row.getString(3)), row.getLong(4)))
                        : Optional.empty();
            }
        }
    }

    /// Which database this is.
    public SourceIdentity identity() throws SQLException {
        String sql = """
                select system_identifier::text, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
                       pg_current_wal_lsn()::text
                from pg_control_system()""";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new SourceIdentity(
                    row.getString(1), Integer.parseInt(row.getString(2), 16), Lsn.parse(row.getString(3)));
        }
    }

    /// Tells the database that everything before this position is published, so that it does not send it again.
    public void advance(Lsn published) throws SQLException {
        execute("select pg_replication_slot_advance(?, ?::pg_lsn)", published.toString());
    }

    /// Drops it. Only for a slot whose first snapshot never ended.
    public void drop() throws SQLException {
        execute("select pg_drop_replication_slot(?)");
    }

    private void execute(String sql, String... more) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            for (int i = 0; i < more.length; i++) {
                statement.setString(i + 2, more[i]);
            }
            statement.execute();
        }
    }
}
