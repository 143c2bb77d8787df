package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.DatabaseShape;
import dev.rowcast.schemas.catalog.DatabaseShape.Column;
import dev.rowcast.schemas.catalog.DatabaseShape.ReplicaIdentity;
import dev.rowcast.schemas.catalog.DatabaseShape.Table;
import dev.rowcast.schemas.catalog.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads what a catalog is held against from the database's own catalog.
public final class ShapeReader {

    private static final String TABLES = """
            select n.nspname, c.relname, c.relreplident,
                   coalesce((select array_agg(a.attname order by k.place)
                             from pg_index i, unnest(i.indkey) with ordinality k(attnum, place), pg_attribute a
                             where i.indrelid = c.oid and i.indisprimary
                               and a.attrelid = c.oid and a.attnum = k.attnum), '{}')::text[],
                   coalesce((select array_agg(a.attname)
                             from pg_index i, pg_attribute a
                             where i.indrelid = c.oid and i.indisreplident
                               and a.attrelid = c.oid and a.attnum = any (i.indkey)), '{}')::text[],
                   coalesce((select array_agg(array[a.attname, format_type(a.atttypid, a.atttypmod),
                                                    (not a.attnotnull)::text] order by a.attnum)
                             from pg_attribute a
                             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '{}')::text[][]
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
              and n.nspname !~ '^pg_toast'""";

    private final Connection connection;

    /// @param connection stays the caller's, who closes it
    public ShapeReader(Connection connection) {
        this.connection = connection;
    }

    public DatabaseShape read(Catalog catalog) throws SQLException {
        return new DatabaseShape(tables(), publication(catalog.publication()), text("show wal_level"));
    }

    private Map<TableName, Table> tables() throws SQLException {
        Map<TableName, Table> tables = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Optional<TableName> name = name(row.getString(1), row.getString(2));
                if (name.isPresent()) {
                    tables.put(
                            name.get(),
                            new Table(
                                    columns(row.getArray(6)),
                                    List.of(strings(row.getArray(4))),
                                    identity(row.getString(3), strings(row.getArray(5)))));
                }
            }
        }
        return tables;
    }

    /// A table whose name the catalog cannot spell cannot be in it.
    private static Optional<TableName> name(String schema, String table) {
        try {
            return Optional.of(new TableName(schema, table));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Map<String, Column> columns(Array array) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (Object each : (Object[]) array.getArray()) {
            String[] column = (String[]) each;
            columns.put(column[0], new Column(column[1], Boolean.parseBoolean(column[2])));
        }
        return columns;
    }

    private static ReplicaIdentity identity(String code, String[] indexColumns) {
        return switch (code) {
            case "f" -> new ReplicaIdentity.Full();
            case "i" -> new ReplicaIdentity.Index(Set.of(indexColumns));
            case "n" -> new ReplicaIdentity.Nothing();
            default -> new ReplicaIdentity.Default();
        };
    }

    private Optional<Set<TableName>> publication(String name) throws SQLException {
        if (text("select count(*) from pg_publication where pubname = '%s'".formatted(name))
                .equals("0")) {
            return Optional.empty();
        }
        Set<TableName> tables = new HashSet<>();
        String sql = "select schemaname, tablename from pg_publication_tables where pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    name(row.getString(1), row.getString(2)).ifPresent(tables::add);
                }
            }
        }
        return Optional.of(tables);
    }

    private String text(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    private static String[] strings(Array array) throws SQLException {
        return (String[]) array.getArray();
    }
}
