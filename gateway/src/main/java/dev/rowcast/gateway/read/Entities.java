package dev.rowcast.gateway.read;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.protocol.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Rows of the catalog's entities, read from the database each time. Methods block: call them on a virtual thread.
public final class Entities implements AutoCloseable {

    private static final int MOST_CONNECTIONS = 8;
    private static final long CONNECTION_WITHIN_MS = 2_000;
    private static final int STATEMENT_SECONDS = 5;
    /// Class 22 of PostgreSQL's error codes: data exception.
    private static final String BAD_VALUE = "22";

    /// In the table's order of columns, which is how ids have them.
    private static final String KEY_SQL = """
            select a.attname from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
            where i.indisprimary and i.indrelid = ?::regclass order by a.attnum""";

    private final Catalog catalog;
    private final HikariDataSource database;
    private final Map<TableName, List<String>> keys = new ConcurrentHashMap<>();

    /// @param meters where the pool of connections is counted, as `hikaricp.connections`
    public Entities(Catalog catalog, DatabaseUrl url, MeterRegistry meters) {
        this.catalog = catalog;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url.jdbcUrl());
        config.setUsername(url.user());
        config.setPassword(url.password());
        config.setReadOnly(true);
        config.setMaximumPoolSize(MOST_CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECTION_WITHIN_MS);
        // The gateway serves streams without the database; only reads need it.
        config.setInitializationFailTimeout(-1);
        config.setPoolName("rowcast-read");
        config.setMetricRegistry(meters);
        this.database = new HikariDataSource(config);
    }

    /// @param rows each as JSON text
    /// @param total rows on all pages
    public record Found(List<String> rows, long total) {}

    /// One page of an entity's rows.
    ///
    /// @param channel only the rows of this channel
    /// @throws BadRequestException when there is nothing like that to read
    public Found list(Identity identity, String code, Optional<String> channel, Page page) throws SQLException {
        TableRule rule = rule(code);
        try (Connection connection = database.getConnection()) {
            List<String> key = key(connection, rule.table());
            EntityQuery all = EntityQuery.of(catalog, rule, key, identity);
            EntityQuery wanted = channel.map(name -> all.in(rule, name)).orElse(all);
            boolean covered = channel.map(identity.reach()::covers)
                    .orElseGet(() -> identity.reach().isAll());
            EntityQuery query = covered ? wanted : wanted.none();
            long total = Long.parseLong(
                    run(connection, query.countSql(), query.values()).getFirst());
            return new Found(run(connection, query.selectSql(page.suffix(query, key)), query.values()), total);
        }
    }

    /// One row as JSON text; empty when there is none that the identity may see.
    ///
    /// @param id as in messages: the key's columns, see [dev.rowcast.schemas.key.KeyText]
    public Optional<String> find(Identity identity, String code, String id) throws SQLException {
        TableRule rule = rule(code);
        try (Connection connection = database.getConnection()) {
            List<String> key = key(connection, rule.table());
            EntityQuery wanted = EntityQuery.of(catalog, rule, key, identity).withId(key, id);
            EntityQuery query = identity.reach().isAll() ? wanted : wanted.none();
            return run(connection, query.selectSql("limit 1"), query.values()).stream()
                    .findFirst();
        }
    }

    @Override
    public void close() {
        database.close();
    }

    private TableRule rule(String code) {
        return catalog.entity(code)
                .orElseThrow(() -> new BadRequestException(
                        ErrorCode.NOT_FOUND, "There is no '%s' that you may read.".formatted(code)));
    }

    private static List<String> run(Connection connection, String sql, List<String> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(STATEMENT_SECONDS);
            for (int i = 0; i < values.size(); i++) {
                // Of no type, so that it takes the column's and an index serves.
                statement.setObject(i + 1, values.get(i), Types.OTHER);
            }
            try (ResultSet result = statement.executeQuery()) {
                List<String> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(result.getString(1));
                }
                return rows;
            }
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith(BAD_VALUE)) {
                throw new BadRequestException(
                        ErrorCode.INVALID_MESSAGE, "An id in the request is not of its column's type.");
            }
            throw e;
        }
    }

    private List<String> key(Connection connection, TableName table) throws SQLException {
        List<String> known = keys.get(table);
        if (known != null) {
            return known;
        }
        List<String> key = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(KEY_SQL)) {
            statement.setString(1, table.toSql());
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    key.add(result.getString(1));
                }
            }
        }
        if (key.isEmpty()) {
            throw new SQLException("table %s has no primary key; add one".formatted(table));
        }
        keys.put(table, List.copyOf(key));
        return key;
    }
}
