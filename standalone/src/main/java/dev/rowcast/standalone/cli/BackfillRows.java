package dev.rowcast.standalone.cli;

import dev.rowcast.ingest.snapshot.BackfillState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// `rowcast.backfills`, as an operator uses it.
final class BackfillRows {

    private static final String NO_SUCH_TABLE = "42P01";
    private static final String ASK = """
            insert into rowcast.backfills (source, table_name)
            select ?, ? where not exists (
              select from rowcast.backfills
              where source = ? and table_name = ? and state in ('requested', 'running'))""";
    private static final String LATEST =
            "select id from rowcast.backfills where source = ? and table_name = ? order by id desc limit 1";
    private static final String LOOK = """
            select state, rows, coalesce(expected, 0), coalesce(reason, ''),
                   extract(epoch from coalesce(ended_at, now()) - coalesce(started_at, now())) * 1000
            from rowcast.backfills where id = ?""";
    // One that nobody has begun ends at once, one that runs after its chunk.
    private static final String CANCEL = """
            update rowcast.backfills
            set cancel = true,
                state = case state when 'requested' then 'cancelled' else state end,
                ended_at = case state when 'requested' then now() end
            where source = ? and table_name = ? and state in ('requested', 'running')""";

    private final Connection connection;
    private final String source;
    private final String table;

    /// @param table as a person wrote it
    BackfillRows(Connection connection, String source, String table) {
        this.connection = connection;
        this.source = source;
        this.table = table;
    }

    /// How one stands.
    ///
    /// @param took since it began
    record Row(BackfillState state, long rows, long expected, String reason, Duration took) {

        boolean ended() {
            return state != BackfillState.REQUESTED && state != BackfillState.RUNNING;
        }
    }

    /// Asks for one, unless there is one that waits or runs.
    ///
    /// @return whether it was asked for now
    boolean ask() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ASK)) {
            statement.setString(1, source);
            statement.setString(2, table);
            statement.setString(3, source);
            statement.setString(4, table);
            return statement.executeUpdate() == 1;
        } catch (SQLException e) {
            if (NO_SUCH_TABLE.equals(e.getSQLState())) {
                throw new IllegalStateException(
                        "this database has no table rowcast.backfills; run infra/postgres/setup.sql again [SETUP_OLD]",
                        e);
            }
            throw e;
        }
    }

    /// @return the id of the table's latest one
    long latest() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LATEST)) {
            statement.setString(1, source);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /// Empty when the row is gone.
    Optional<Row> look(long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Row(
                                BackfillState.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                                row.getLong(2),
                                row.getLong(3),
                                row.getString(4),
                                Duration.ofMillis(row.getLong(5))))
                        : Optional.empty();
            }
        }
    }

    /// @return whether there was one to end
    boolean cancel() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CANCEL)) {
            statement.setString(1, source);
            statement.setString(2, table);
            return statement.executeUpdate() > 0;
        }
    }
}
