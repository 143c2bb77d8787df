package dev.rowcast.ingest.snapshot;

import dev.rowcast.schemas.catalog.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What operators asked for, and ingest itself, in `rowcast.backfills`, and what became of it.
final class BackfillRequests {

    /// More of them wait in vain.
    static final int MOST_WAITING = 100;

    private static final String NO_SUCH_TABLE = "42P01";
    private static final String NO_RIGHT = "42501";
    private static final String OPEN = "source = ? and state in ('requested', 'running')";
    private static final String NEXT = """
            select id, table_name, state, rows, coalesce(expected, 0), last_key, until_key
            from rowcast.backfills where %s order by state = 'running' desc, id limit 1""".formatted(OPEN);
    private static final String REFUSE_REST = """
            update rowcast.backfills set state = 'refused', ended_at = now(), reason = ?
            where id in (select id from rowcast.backfills where source = ? and state = 'requested' order by id offset ?)""";
    private static final String KEEP = """
            update rowcast.backfills
            set state = ?, rows = ?, expected = ?, last_key = ?, until_key = ?, reason = ?,
                started_at = coalesce(started_at, now()),
                ended_at = case when ? then now() end
            where id = ? and state in ('requested', 'running')
            returning cancel""";

    private static final String ASK = """
            insert into rowcast.backfills (source, table_name)
            select ?, ? where not exists (
              select from rowcast.backfills where source = ? and table_name = ? and state = 'requested')""";

    private final Connection connection;
    private final String source;

    BackfillRequests(Connection connection, String source) {
        this.connection = connection;
        this.source = source;
    }

    /// How many wait or run; empty when the table is not there or not ours to read.
    OptionalInt open() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select count(*) from rowcast.backfills where " + OPEN)) {
            statement.setString(1, source);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return OptionalInt.of(row.getInt(1));
            }
        } catch (SQLException e) {
            if (mayNot(e)) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    /// Whether the table of requests is not there or not ours to use.
    static boolean mayNot(SQLException e) {
        return NO_SUCH_TABLE.equals(e.getSQLState()) || NO_RIGHT.equals(e.getSQLState());
    }

    /// Asks for a table. One that waits already will begin later than now, so it serves as well.
    ///
    /// @return whether there was none
    boolean ask(TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ASK)) {
            statement.setString(1, source);
            statement.setString(2, table.toString());
            statement.setString(3, source);
            statement.setString(4, table.toString());
            return statement.executeUpdate() > 0;
        }
    }

    /// The one that runs, else the one that waits longest.
    Optional<Backfill> next() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REFUSE_REST)) {
            statement.setString(1, "%d backfills wait already; ask again later".formatted(MOST_WAITING));
            statement.setString(2, source);
            statement.setInt(3, MOST_WAITING);
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(NEXT)) {
            statement.setString(1, source);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(backfill(row)) : Optional.empty();
            }
        }
    }

    private static Backfill backfill(ResultSet row) throws SQLException {
        return new Backfill(
                row.getLong(1),
                row.getString(2),
                BackfillState.of(row.getString(3)),
                row.getLong(4),
                row.getLong(5),
                texts(row.getArray(6)),
                texts(row.getArray(7)),
                Optional.empty());
    }

    /// Writes down how far it is.
    ///
    /// @return whether somebody wants it to end
    boolean keep(Backfill backfill) throws SQLException {
        boolean ended = backfill.state() != BackfillState.RUNNING;
        try (PreparedStatement statement = connection.prepareStatement(KEEP)) {
            statement.setString(1, backfill.state().label());
            statement.setLong(2, backfill.rows());
            statement.setLong(3, backfill.expected());
            statement.setArray(4, array(backfill.lastKey()));
            statement.setArray(5, array(backfill.untilKey()));
            statement.setString(6, backfill.reason().orElse(null));
            statement.setBoolean(7, ended);
            statement.setLong(8, backfill.id());
            try (ResultSet row = statement.executeQuery()) {
                // A row that is gone, or ended by hand, is not wanted any more.
                return !row.next() || row.getBoolean(1);
            }
        }
    }

    private Array array(List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    private static List<String> texts(Array array) throws SQLException {
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }
}
