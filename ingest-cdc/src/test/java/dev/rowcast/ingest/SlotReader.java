package dev.rowcast.ingest;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/// Somebody else who reads from a world's slot, as `pg_recvlogical` does.
final class SlotReader implements AutoCloseable {

    private final Connection connection;
    private final PGReplicationStream stream;

    private SlotReader(Connection connection, PGReplicationStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    /// Takes the slot as soon as it is free.
    static SlotReader take(World world) {
        return await().atMost(World.PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .ignoreExceptions()
                .until(() -> open(world), reader -> true);
    }

    private static SlotReader open(World world) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", world.database.user());
        properties.setProperty("password", world.database.password());
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("ApplicationName", "pg_recvlogical");
        Connection connection = DriverManager.getConnection(world.database.jdbcUrl(), properties);
        try {
            return new SlotReader(
                    connection,
                    connection
                            .unwrap(PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName("rowcast_" + world.source)
                            .withSlotOption("proto_version", 1)
                            .withSlotOption("publication_names", "rowcast_" + world.source)
                            .start());
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// Reads what is there, without waiting for more, and says that it may be forgotten.
    void consume() throws SQLException {
        while (stream.readPending() != null) {
            // What it says is nobody's concern.
            Thread.onSpinWait();
        }
        stream.setFlushedLSN(stream.getLastReceiveLSN());
        stream.setAppliedLSN(stream.getLastReceiveLSN());
        stream.forceUpdateStatus();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
