package dev.rowcast.ingest.snapshot;

import dev.rowcast.schemas.catalog.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// Roughly how many rows a table has: small ones are counted, large ones are what the planner believes.
final class RowCounts {

    private static final int COUNTED_AT_MOST = 100_000;

    private RowCounts() {}

    static long of(Connection connection, TableName table) throws SQLException {
        return Math.max(estimate(connection, table), counted(connection, table));
    }

    /// A partitioned table has no rows itself; its parts have them.
    private static long estimate(Connection connection, TableName table) throws SQLException {
        String sql = """
                select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
                from pg_class c
                where c.oid = to_regclass(?) or c.oid in (select relid from pg_partition_tree(to_regclass(?)) where isleaf)""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, table.toSql());
            statement.setString(2, table.toSql());
            return number(statement);
        }
    }

    private static long counted(Connection connection, TableName table) throws SQLException {
        String sql = "select count(*) from (select 1 from %s limit %d) t".formatted(table.toSql(), COUNTED_AT_MOST);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return number(statement);
        }
    }

    private static long number(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
