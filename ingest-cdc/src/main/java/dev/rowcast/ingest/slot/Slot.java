package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/// What can be asked of and done to one replication slot, over an ordinary connection.
public final class Slot {

    private static final String FIND = """
            select s.active_pid, coalesce(a.application_name, '') as application, coalesce(a.usename, '') as usename,
                   coalesce(s.wal_status, 'reserved') as status, coalesce(s.confirmed_flush_lsn, '0/0')::text as confirmed,
                   coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint as retained,
                   coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn), 0)::bigint as lag,
                   s.safe_wal_size,
                   (select setting::bigint * 1048576 from pg_settings
                    where name = 'max_slot_wal_keep_size' and setting::bigint >= 0) as max_bytes
            from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid
            where s.slot_name = ?""";

    private final Connection connection;
    private final String name;

    /// @param connection stays the caller's, who closes it
    public Slot(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    /// How the slot stands; empty when there is none.
    public Optional<SlotState> find() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(state(row)) : Optional.empty();
            }
        }
    }

    private static SlotState state(ResultSet row) throws SQLException {
        int pid = row.getInt("active_pid");
        Optional<Reader> reader = row.wasNull()
                ? Optional.empty()
                : Optional.of(new Reader(pid, row.getString("application"), row.getString("usename")));
        return new SlotState(
                reader,
                row.getString("status"),
                Lsn.parse(row.getString("confirmed")),
                row.getLong("retained"),
                row.getLong("lag"),
                number(row, "safe_wal_size"),
                number(row, "max_bytes"));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /// The latest transaction number of the heartbeat's rows, on the circle of 32 bits.
    private OptionalLong heartbeatXid() throws SQLException {
        OptionalLong latest = OptionalLong.empty();
        try (PreparedStatement statement = connection.prepareStatement("select xmin::text from rowcast.heartbeat");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                long xid = Long.parseLong(row.getString(1));
                if (latest.isEmpty() || (int) (xid - latest.getAsLong()) > 0) {
                    latest = OptionalLong.of(xid);
                }
            }
        }
        return latest;
    }

    /// Whether an operator gave up this epoch, so that a new one may begin with a snapshot.
    public boolean givenUp(String source, Epoch epoch) throws SQLException {
        if (!exists("select where to_regclass('rowcast.resnapshots') is not null")) {
            return false; // made by an older setup.sql
        }
        return exists("select from rowcast.resnapshots where source = ? and epoch = ?", source, epoch.toString());
    }

    private boolean exists(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /// Ends a session that reads from the slot.
    ///
    /// @return whether the database let us
    public boolean end(Reader reader) {
        return Sessions.end(connection, reader.pid());
    }

    /// Which database this is.
    public SourceIdentity identity(Database database) throws SQLException {
        String sql = """
                select system_identifier::text, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
                       pg_current_wal_lsn()::text
                from pg_control_system()""";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            int timeline = Integer.parseInt(row.getString(2), 16);
            return new SourceIdentity(
                    row.getString(1),
                    timeline,
                    TimelineHistory.read(database, timeline),
                    Lsn.parse(row.getString(3)),
                    heartbeatXid());
        }
    }

    /// Tells the database that everything before this position is published, so that it does not send it again.
    public void advance(Lsn published) throws SQLException {
        execute("select pg_replication_slot_advance(?, ?::pg_lsn)", published.toString());
    }

    /// Drops it. Only for a slot whose first snapshot never ended, or whose log was given up.
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
