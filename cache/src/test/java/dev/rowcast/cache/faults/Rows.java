package dev.rowcast.cache.faults;

import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.embedded.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// A table of counters in a real database.
final class Rows {

    private static final String SNAPSHOT = "select pg_current_snapshot()::text";

    private final Postgres postgres;
    private final Postgres.Database database;

    Rows(Postgres postgres, int rows) throws SQLException {
        this.postgres = postgres;
        this.database = postgres.freshDatabase();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table counters (id int primary key, version int not null)");
            statement.execute("insert into counters select i, 0 from generate_series(0, " + (rows - 1) + ") i");
            CommitLog.create(connection);
        }
    }

    Connection connect() throws SQLException {
        return database.connect();
    }

    /// Counts a row up, and says so in the log.
    static int write(Connection connection, int row) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement update = connection.prepareStatement(
                        "update counters set version = version + 1 where id = ? returning version");
                PreparedStatement tell =
                        connection.prepareStatement("select pg_logical_emit_message(true, 'evict', ?)")) {
            update.setInt(1, row);
            int version;
            try (ResultSet result = update.executeQuery()) {
                result.next();
                version = result.getInt(1);
            }
            tell.setString(1, Integer.toString(row));
            tell.execute();
            connection.commit();
            return version;
        }
    }

    /// As [dev.rowcast.cache.Loader] demands it.
    static Loaded load(Connection connection, int row) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        try (Statement statement = connection.createStatement()) {
            Snapshot snapshot = Snapshot.parse(text(statement, SNAPSHOT));
            String version = text(statement, "select version from counters where id = " + row);
            return new Loaded(version.getBytes(StandardCharsets.US_ASCII), snapshot);
        } finally {
            connection.rollback();
        }
    }

    /// Writes the time of Redis' clock into the log.
    static void beat(Connection connection, long redisMs) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_logical_emit_message(true, 'beat', '" + redisMs + "')");
        }
    }

    /// Commits reach the log and then wait for a standby that there is not; only then readers see them.
    void hideCommits(boolean hide) throws SQLException {
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set synchronous_standby_names = '" + (hide ? "nobody" : "") + "'");
            statement.execute("select pg_reload_conf()");
        }
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
