package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.route.Captured;
import dev.rowcast.ingest.route.Captured.Row;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.database.DatabaseUrl;
import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.relational.Column;
import io.debezium.util.ColumnUtils.ColumnArray;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// Reads a table in pieces, each with a short query along the primary key, as rows that look like Debezium's. It
/// has a connection of its own, which any thread may [#close]; everything else is for one thread.
public final class TableReader implements AutoCloseable {

    private static final int FETCH_ROWS = 20;
    private static final long CHUNK_BYTES = 16L * 1024 * 1024;
    private static final String SOCKET_TIMEOUT_SECONDS = "60";

    private final PostgresConnection connection;
    private final PostgresConnectorConfig config;
    private final TableName name;
    private final int chunkRows;
    private Optional<TableLayout> layout = Optional.empty();

    private TableReader(PostgresConnectorConfig config, PostgresConnection connection, TableName name, int chunkRows) {
        this.config = config;
        this.connection = connection;
        this.name = name;
        this.chunkRows = chunkRows;
    }

    /// @param chunkRows how many rows one chunk has at most
    public static TableReader open(DatabaseUrl database, Catalog catalog, TableName table, int chunkRows)
            throws SQLException {
        Properties settings = EngineSettings.of(database, catalog, false);
        settings.setProperty("driver.socketTimeout", SOCKET_TIMEOUT_SECONDS);
        settings.setProperty("driver.tcpKeepAlive", "true");
        PostgresConnectorConfig config = new PostgresConnectorConfig(Configuration.from(settings));
        PostgresConnection connection = new PostgresConnection(
                config, PostgresConnection.createTypeRegistry(config.getJdbcConfig()), "rowcast-backfill");
        try {
            connection.setAutoCommit(false);
            return new TableReader(config, connection, table, chunkRows);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// The largest key of the table; empty when it has no rows.
    ///
    /// @throws NoKeyException when it has no primary key, or is not there
    public Optional<List<String>> lastKey() throws SQLException, NoKeyException {
        try {
            TableLayout table = current();
            try (PreparedStatement statement = connection.connection().prepareStatement(table.lastKeySql());
                    ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(keyText(row, table, 0)) : Optional.empty();
            }
        } finally {
            connection.rollback();
        }
    }

    /// The next rows, as one snapshot of the database has them. Less than a whole chunk of them, but at least one,
    /// when they are large.
    ///
    /// @param lsn what the rows say where they were read
    /// @throws NoKeyException when the table has lost its primary key, or is not there any more
    public TableChunk read(TableRange range, long lsn) throws SQLException, NoKeyException {
        try {
            execute("set transaction isolation level repeatable read, read only");
            execute("set local lock_timeout = '2s'");
            execute("set local statement_timeout = '30s'");
            String snapshot = text("select pg_current_snapshot()::text");
            TableLayout table = current();
            List<TableChunk.Keyed> rows = rows(table, range, lsn);
            return new TableChunk(
                    snapshot,
                    Long.parseLong(text("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint::text")),
                    rows);
        } finally {
            connection.rollback();
        }
    }

    private List<TableChunk.Keyed> rows(TableLayout table, TableRange range, long lsn) throws SQLException {
        List<Column> columns = table.columns();
        int greatest = columns.stream().mapToInt(Column::position).max().orElse(0);
        ColumnArray array = new ColumnArray(columns.toArray(Column[]::new), greatest);
        List<TableChunk.Keyed> rows = new ArrayList<>();
        long bytes = 0;
        Instant now = Instant.now();
        try (PreparedStatement statement =
                connection.connection().prepareStatement(table.selectSql(range, chunkRows))) {
            statement.setFetchSize(FETCH_ROWS);
            bind(statement, range);
            try (ResultSet row = statement.executeQuery()) {
                while (bytes < CHUNK_BYTES && row.next()) {
                    Object[] values = connection.rowToArray(table.table(), row, array);
                    bytes += size(values);
                    Row read = (Row) Captured.of(table.record(values, lsn, now));
                    rows.add(new TableChunk.Keyed(keyText(row, table, columns.size()), read));
                }
            }
        }
        return rows;
    }

    private static long size(Object[] values) {
        long bytes = 0;
        for (Object value : values) {
            bytes += switch (value) {
                case String text -> text.length();
                case byte[] binary -> binary.length;
                case null, default -> Long.BYTES;
            };
        }
        return bytes;
    }

    private static void bind(PreparedStatement statement, TableRange range) throws SQLException {
        int place = 1;
        List<List<String>> keys = switch (range) {
            case TableRange.Between(List<String> after, List<String> until) -> List.of(after, until);
            case TableRange.Of(List<List<String>> of) -> of;
        };
        for (List<String> key : keys) {
            for (String column : key) {
                statement.setString(place++, column);
            }
        }
    }

    private static List<String> keyText(ResultSet row, TableLayout table, int before) throws SQLException {
        List<String> key = new ArrayList<>();
        for (int i = 0; i < table.keyColumns(); i++) {
            key.add(row.getString(before + i + 1));
        }
        return key;
    }

    /// The table as it is now. It is read again only when it changed, which it may between two chunks.
    private TableLayout current() throws SQLException, NoKeyException {
        String shape = TableLayout.shape(connection.connection(), name);
        if (layout.isEmpty() || !layout.get().shape().equals(shape)) {
            layout = Optional.of(TableLayout.read(config, connection, name, shape));
        }
        return layout.get();
    }

    private void execute(String sql) throws SQLException {
        try (PreparedStatement statement = connection.connection().prepareStatement(sql)) {
            statement.execute();
        }
    }

    private String text(String sql) throws SQLException {
        try (PreparedStatement statement = connection.connection().prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
