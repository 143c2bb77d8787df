package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.DatabaseShape;
import dev.rowcast.schemas.catalog.DatabaseShape.Column;
import dev.rowcast.schemas.catalog.DatabaseShape.Partitioning;
import dev.rowcast.schemas.catalog.DatabaseShape.ReplicaIdentity;
import dev.rowcast.schemas.catalog.DatabaseShape.Table;
import dev.rowcast.schemas.catalog.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
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
                                                    (not a.attnotnull)::text, (a.attgenerated <> '')::text]
                                              order by a.attnum)
                             from pg_attribute a
                             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '{}')::text[][],
                   c.relkind = 'p', rn.nspname, root.relname
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            left join pg_class root on c.relispartition and root.oid = pg_partition_root(c.oid)
            left join pg_namespace rn on rn.oid = root.relnamespace
            where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
              and n.nspname !~ '^pg_toast'""";

    /// The functions that describe a publication see the latest state, whatever the transaction sees.
    private static final int MOST_READS = 5;

    private final Connection connection;

    /// @param connection stays the caller's, who closes it
    public ShapeReader(Connection connection) {
        this.connection = connection;
    }

    /// The shape as it stood at one moment: what changed while it was read is read again.
    public DatabaseShape read(Catalog catalog) throws SQLException {
        DatabaseShape before = readOnce(catalog);
        for (int i = 0; i < MOST_READS; i++) {
            DatabaseShape now = readOnce(catalog);
            if (now.equals(before)) {
                return now;
            }
            before = now;
        }
        return before;
    }

    private DatabaseShape readOnce(Catalog catalog) throws SQLException {
        Map<TableName, Table> tables = tables();
        return new DatabaseShape(
                tables, new PublicationReader(connection, tables).read(catalog.publication()), walLevel());
    }

    private Map<TableName, Table> tables() throws SQLException {
        Map<TableName, Table> tables = new HashMap<>();
        Map<TableName, Map<TableName, ReplicaIdentity>> leaves = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Optional<TableName> found = name(row.getString(1), row.getString(2));
                if (found.isEmpty()) {
                    continue;
                }
                TableName name = found.get();
                ReplicaIdentity identity = identity(row.getString(3), strings(row.getArray(5)));
                boolean partitioned = row.getBoolean(7);
                Partitioning partitioning = new Partitioning.None();
                if (partitioned) {
                    partitioning = new Partitioning.Root(Map.of());
                }
                if (row.getString(8) != null) {
                    Optional<TableName> root = name(row.getString(8), row.getString(9));
                    partitioning =
                            root.<Partitioning>map(Partitioning.Partition::new).orElse(partitioning);
                    if (!partitioned) {
                        root.ifPresent(top -> leaves.computeIfAbsent(top, key -> new HashMap<>())
                                .put(name, identity));
                    }
                }
                tables.put(
                        name,
                        new Table(columns(row.getArray(6)), List.of(strings(row.getArray(4))), identity, partitioning));
            }
        }
        leaves.forEach((root, below) -> tables.computeIfPresent(root, (same, table) -> withLeaves(table, below)));
        return tables;
    }

    private static Table withLeaves(Table table, Map<TableName, ReplicaIdentity> leaves) {
        return new Table(table.columns(), table.primaryKey(), table.replicaIdentity(), new Partitioning.Root(leaves));
    }

    /// A table whose name the catalog cannot spell cannot be in it.
    static Optional<TableName> name(String schema, String table) {
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
            columns.put(
                    column[0], new Column(column[1], Boolean.parseBoolean(column[2]), Boolean.parseBoolean(column[3])));
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

    private String walLevel() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("show wal_level");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    static String[] strings(Array array) throws SQLException {
        return (String[]) array.getArray();
    }
}
