package dev.rowcast.ingest.snapshot;

import dev.rowcast.schemas.catalog.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/// How far a first snapshot is, for people: rows read against a rough count made before.
public final class SnapshotMeter {

    private static final int COUNTED_AT_MOST = 100_000;

    private final long expected;
    private long rows;

    private SnapshotMeter(long expected) {
        this.expected = Math.max(1, expected);
    }

    /// Counts the tables: small ones exactly, large ones by the planner's estimate.
    public static SnapshotMeter of(Connection connection, Collection<TableName> tables) throws SQLException {
        long expected = 0;
        try (Statement statement = connection.createStatement()) {
            for (TableName table : tables) {
                expected += Math.max(estimate(statement, table), counted(statement, table));
            }
        }
        return new SnapshotMeter(expected);
    }

    /// @return rows read so far, this one included
    public long row() {
        return ++rows;
    }

    /// 0 to 99; 100 is for the state after it.
    public int percent() {
        return (int) Math.min(99, rows * 100 / expected);
    }

    private static long estimate(Statement statement, TableName table) throws SQLException {
        return number(
                statement,
                "select reltuples::bigint from pg_class where oid = '%s'::regclass".formatted(table.toSql()));
    }

    private static long counted(Statement statement, TableName table) throws SQLException {
        return number(
                statement,
                "select count(*) from (select 1 from %s limit %d) t".formatted(table.toSql(), COUNTED_AT_MOST));
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
