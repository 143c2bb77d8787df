package dev.rowcast.ingest.engine;

import dev.rowcast.schemas.catalog.TableName;
import io.debezium.connector.AbstractSourceInfo;
import io.debezium.connector.postgresql.Module;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.relational.Column;
import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchema;
import io.debezium.relational.TableSchemaBuilder;
import io.debezium.relational.Tables;
import io.debezium.relational.mapping.ColumnMappers;
import io.debezium.spi.topic.TopicNamingStrategy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/// A table at one moment: how to ask for its rows, and what Debezium makes of one.
///
/// @param shape tells two moments apart
/// @param columns those that the log has too
/// @param keySql the primary key's columns, quoted, of the table `t`: a bare name would mean the text of it in `order
/// by`
/// @param keyTypes their types, as SQL writes them
record TableLayout(
        String shape,
        TableName name,
        Table table,
        List<Column> columns,
        List<String> keySql,
        List<String> keyTypes,
        TableSchema schema,
        String topic,
        PostgresConnectorConfig config) {

    private static final String SHAPE = """
            select coalesce(string_agg(format('%s %s %s %s %s', attnum, attname, atttypid, atttypmod, attnotnull), ','
                                       order by attnum), '')
            from pg_attribute where attrelid = to_regclass(?) and attnum > 0 and not attisdropped""";
    private static final String KEY = """
            select 't.' || quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)
            from pg_index i, unnest(i.indkey) with ordinality k(attnum, place), pg_attribute a
            where i.indrelid = to_regclass(?) and i.indisprimary and a.attrelid = i.indrelid and a.attnum = k.attnum
            order by k.place""";

    /// A text that changes with the table's columns.
    static String shape(Connection connection, TableName name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SHAPE)) {
            statement.setString(1, name.toSql());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    static TableLayout read(PostgresConnectorConfig config, PostgresConnection connection, TableName name, String shape)
            throws SQLException, NoKeyException {
        List<String> keySql = new ArrayList<>();
        List<String> keyTypes = new ArrayList<>();
        try (PreparedStatement statement = connection.connection().prepareStatement(KEY)) {
            statement.setString(1, name.toSql());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keySql.add(row.getString(1));
                    keyTypes.add(row.getString(2));
                }
            }
        }
        if (keySql.isEmpty()) {
            throw new NoKeyException(
                    shape.isEmpty() ? "there is no table " + name : "%s has no primary key".formatted(name));
        }
        Table table = describe(connection, name);
        TopicNamingStrategy<TableId> topics = topics(config);
        return new TableLayout(
                shape,
                name,
                table,
                table.columns(),
                keySql,
                keyTypes,
                builder(config, connection)
                        .create(
                                topics,
                                table,
                                config.getColumnFilter(),
                                ColumnMappers.create(config),
                                config.getKeyMapper()),
                topics.dataChangeTopic(table.id()),
                config);
    }

    private static Table describe(PostgresConnection connection, TableName name) throws SQLException, NoKeyException {
        Tables tables = new Tables();
        connection.readSchema(
                tables,
                null,
                null,
                id -> id.schema().equals(name.schema()) && id.table().equals(name.name()),
                null,
                true);
        for (TableId id : tables.tableIds()) {
            Table table = tables.forTable(id);
            // The log does not carry generated columns.
            return table.edit()
                    .setColumns(table.filterColumns(column -> !column.isGenerated()))
                    .create();
        }
        throw new NoKeyException("there is no table " + name);
    }

    @SuppressWarnings("unchecked") // the strategy is of the connector's kind
    private static TopicNamingStrategy<TableId> topics(PostgresConnectorConfig config) {
        return config.getTopicNamingStrategy(RelationalDatabaseConnectorConfig.TOPIC_NAMING_STRATEGY);
    }

    /// As the connector makes its own.
    private static TableSchemaBuilder builder(PostgresConnectorConfig config, PostgresConnection connection) {
        return new TableSchemaBuilder(
                PostgresValueConverter.of(config, connection.getDatabaseCharset(), connection.getTypeRegistry()),
                connection.getDefaultValueConverter(),
                config.schemaNameAdjuster(),
                new CustomConverterRegistry(FaithfulValues.only()),
                sourceSchema(config),
                config.getFieldNamer(),
                false,
                config.getEventConvertingFailureHandlingMode());
    }

    private static Schema sourceSchema(PostgresConnectorConfig config) {
        return config.<AbstractSourceInfo>getSourceInfoStructMaker().schema();
    }

    int keyColumns() {
        return keySql.size();
    }

    /// The largest key, as text.
    String lastKeySql() {
        return "select %s from %s t order by %s limit 1"
                .formatted(
                        keyAsText(),
                        name.toSql(),
                        keySql.stream().map(column -> column + " desc").collect(Collectors.joining(", ")));
    }

    /// The columns, then the key as text. It has a place for each column of each key of the range.
    String selectSql(TableRange range, int limit) {
        return "select %s, %s from %s t where %s order by %s limit %d"
                .formatted(
                        columns.stream().map(TableLayout::quoted).collect(Collectors.joining(", ")),
                        keyAsText(),
                        name.toSql(),
                        condition(range),
                        String.join(", ", keySql),
                        limit);
    }

    private String condition(TableRange range) {
        String key = "(" + String.join(", ", keySql) + ")";
        String place =
                keyTypes.stream().map("cast(?::text as %s)"::formatted).collect(Collectors.joining(", ", "(", ")"));
        return switch (range) {
            case TableRange.Between(List<String> after, List<String> until) ->
                (after.isEmpty() ? "" : key + " > " + place + " and ") + key + " <= " + place;
            case TableRange.Of(List<List<String>> keys) ->
                IntStream.range(0, keys.size())
                        .mapToObj(i -> place)
                        .collect(Collectors.joining(", ", key + " in (", ")"));
        };
    }

    private String keyAsText() {
        return keySql.stream().map(column -> column + "::text").collect(Collectors.joining(", "));
    }

    private static String quoted(Column column) {
        return "t.\"" + column.name().replace("\"", "\"\"") + "\"";
    }

    /// The record that Debezium would make of the row in a snapshot.
    ///
    /// @param values in the table's order
    SourceRecord record(Object[] values, long lsn, Instant readAt) {
        Struct envelope =
                schema.getEnvelopeSchema().read(schema.valueFromColumnData(values), source(lsn, readAt), readAt);
        return new SourceRecord(
                Map.of(),
                Map.of(),
                topic,
                null,
                schema.keySchema(),
                schema.keyFromColumnData(values),
                envelope.schema(),
                envelope);
    }

    private Struct source(long lsn, Instant readAt) {
        long micros = Math.addExact(Math.multiplyExact(readAt.getEpochSecond(), 1_000_000L), readAt.getNano() / 1000);
        return new Struct(sourceSchema(config))
                .put("version", Module.version())
                .put("connector", Module.name())
                .put("name", config.getLogicalName())
                .put("ts_ms", micros / 1000)
                .put("ts_us", micros)
                .put("ts_ns", micros * 1000)
                .put("snapshot", "incremental")
                .put("db", config.databaseName())
                .put("schema", name.schema())
                .put("table", name.name())
                .put("lsn", lsn);
    }
}
