package dev.rowcast.ingest.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// The right to read from a slot and to publish what it says: an advisory lock that lives as long as its
/// connection. A standby instance that cannot have it must not touch the slot, nor Kafka, where it would fence
/// the instance that works.
public final class SlotLease implements AutoCloseable {

    private final Connection connection;

    private SlotLease(Connection connection) {
        this.connection = connection;
    }

    /// The lease, or nothing while another instance has it.
    ///
    /// @throws dev.rowcast.ingest.fault.FaultException when the database cannot be asked
    public static Optional<SlotLease> tryTake(Database database, String slot) {
        Connection connection = database.connect();
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_try_advisory_lock(hashtextextended('rowcast slot ' || ?, 0))")) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    prepare(connection);
                    return Optional.of(new SlotLease(connection));
                }
            }
            connection.close();
            return Optional.empty();
        } catch (SQLException e) {
            closeQuietly(connection);
            throw database.fault(e);
        }
    }

    /// What is written over it says only that ingest lives. A standby that a commit has to wait for must not make it
    /// hang until it times out, which would end the lease.
    private static void prepare(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("set synchronous_commit to local")) {
            statement.execute();
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
