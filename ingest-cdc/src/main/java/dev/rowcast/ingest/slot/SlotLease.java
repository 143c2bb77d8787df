package dev.rowcast.ingest.slot;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The right to read from a slot and to publish what it says: an advisory lock that lives as long as its
/// connection. A standby instance that cannot have it must not touch the slot, nor Kafka, where it would fence
/// the instance that works.
///
/// The kernel of a stopped process keeps its connections alive, and so would its lock be. But who has the lease
/// uses its connection for every heartbeat: a standby ends the session of one that has been quiet for too long. What
/// the other one does when it wakes is fenced by Kafka.
public final class SlotLease implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SlotLease.class);

    private static final String TRY = "select pg_try_advisory_lock(hashtextextended('rowcast slot ' || ?, 0))";
    private static final String HOLDER = """
            select a.pid, coalesce(a.application_name, '') as application, coalesce(a.usename, '') as usename,
                   coalesce(a.application_name = current_setting('application_name'), false) as ours,
                   coalesce(a.state = 'idle' and a.state_change < clock_timestamp() - ? * interval '1 ms', false) as quiet
            from pg_locks l join pg_stat_activity a using (pid)
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
              and l.database = (select oid from pg_database where datname = current_database())
              and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('rowcast slot ' || ?, 0)""";

    private final Connection connection;

    private SlotLease(Connection connection) {
        this.connection = connection;
    }

    /// The lease, or nothing while another instance has it.
    ///
    /// @param quietFor an instance whose session did nothing for so long loses the lease
    /// @throws FaultException when the database cannot be asked, or when somebody has the lock who is not ingest
    public static Optional<SlotLease> tryTake(Database database, String slot, Duration quietFor) {
        Connection connection = database.connect();
        boolean taken = false;
        try {
            taken = lock(connection, slot);
            if (taken) {
                // To hang until it times out would end the lease.
                Sessions.dontWaitForStandbys(connection);
                return Optional.of(new SlotLease(connection));
            }
            lookAtHolder(connection, slot, quietFor);
            return Optional.empty();
        } catch (SQLException e) {
            taken = false;
            throw database.fault(e);
        } finally {
            if (!taken) {
                closeQuietly(connection);
            }
        }
    }

    private static boolean lock(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TRY)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void lookAtHolder(Connection connection, String slot, Duration quietFor) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
            statement.setLong(1, quietFor.toMillis());
            statement.setString(2, slot);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return; // it ended meanwhile
                }
                Reader holder = new Reader(row.getInt("pid"), row.getString("application"), row.getString("usename"));
                if (!row.getBoolean("ours")) {
                    throw new FaultException(
                            FaultCode.SLOT_TAKEN,
                            "%s holds the lock of slot %s".formatted(holder, slot),
                            "end that session: select pg_terminate_backend(%d);".formatted(holder.pid()),
                            null);
                }
                if (row.getBoolean("quiet") && Sessions.end(connection, holder.pid())) {
                    log.atWarn()
                            .addKeyValue("slot", slot)
                            .addKeyValue("pid", holder.pid())
                            .addKeyValue("quietFor", quietFor)
                            .log("Lease of an instance that hangs ended");
                }
            }
        }
    }

    /// The connection that holds the lock; for one thread at a time. When it breaks, the lease is gone.
    public Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        closeQuietly(connection);
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server ends the session, and with it the lock, when the socket closes.
        }
    }
}
