package dev.rowcast.standalone.init;

import dev.rowcast.standalone.init.FoundTable.FoundColumn;
import dev.rowcast.standalone.init.FoundTable.Link;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the application's tables: not those of the system, of extensions, of Rowcast, nor partitions.
final class SchemaReader {

    private static final String TABLES = """
            select c.oid::bigint, n.nspname, c.relname,
                   coalesce((select array_agg(array[a.attname, format_type(a.atttypid, a.atttypmod),
                                                    (not a.attnotnull)::text, (a.attgenerated <> '')::text]
                                              order by a.attnum)
                             from pg_attribute a
                             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '{}')::text[][],
                   case when c.relkind = 'p'
                     then coalesce((select bool_and(l.relreplident = 'f') from pg_partition_tree(c.oid) t
                                    join pg_class l on l.oid = t.relid where t.isleaf), false)
                     else c.relreplident = 'f' end,
                   case when c.relkind = 'p'
                     then array(select t.relid::regclass::text from pg_partition_tree(c.oid) t where t.isleaf)
                     else '{}' end
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
              and n.nspname not in ('pg_catalog', 'information_schema', 'rowcast') and n.nspname !~ '^pg_'
              and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                              and d.deptype = 'e')
            order by n.nspname, c.relname""";

    private static final String UNIQUES = """
            select i.indisprimary, array_agg(a.attname order by k.place)::text[]
            from pg_index i, unnest(i.indkey) with ordinality k(attnum, place), pg_attribute a
            where i.indrelid = ? and i.indisunique and i.indpred is null
              and a.attrelid = i.indrelid and a.attnum = k.attnum
            group by i.indexrelid, i.indisprimary order by i.indexrelid""";

    private static final String LINKS = """
            select n.nspname, c.relname,
                   array(select a.attname from unnest(f.conkey) with ordinality k(attnum, place)
                         join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum order by place)::text[],
                   array(select a.attname from unnest(f.confkey) with ordinality k(attnum, place)
                         join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.attnum order by place)::text[]
            from pg_constraint f join pg_class c on c.oid = f.confrelid join pg_namespace n on n.oid = c.relnamespace
            where f.conrelid = ? and f.contype = 'f' order by f.conkey[1], f.conname""";

    private final Connection connection;

    /// @param connection stays the caller's, who closes it
    SchemaReader(Connection connection) {
        this.connection = connection;
    }

    List<FoundTable> read() throws SQLException {
        List<FoundTable> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                long oid = row.getLong(1);
                List<String> primaryKey = new ArrayList<>();
                List<List<String>> uniques = new ArrayList<>();
                readUniques(oid, primaryKey, uniques);
                tables.add(new FoundTable(
                        row.getString(2),
                        row.getString(3),
                        columns(row.getArray(4)),
                        primaryKey,
                        uniques,
                        links(oid),
                        row.getBoolean(5),
                        strings(row.getArray(6))));
            }
        }
        return tables;
    }

    private void readUniques(long table, List<String> primaryKey, List<List<String>> uniques) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UNIQUES)) {
            statement.setLong(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    List<String> columns = strings(row.getArray(2));
                    uniques.add(columns);
                    if (row.getBoolean(1)) {
                        primaryKey.addAll(columns);
                    }
                }
            }
        }
    }

    private List<Link> links(long table) throws SQLException {
        List<Link> links = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(LINKS)) {
            statement.setLong(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    links.add(new Link(
                            row.getString(1), row.getString(2), strings(row.getArray(3)), strings(row.getArray(4))));
                }
            }
        }
        return links;
    }

    private static Map<String, FoundColumn> columns(Array array) throws SQLException {
        Map<String, FoundColumn> columns = new LinkedHashMap<>();
        for (Object each : (Object[]) array.getArray()) {
            String[] column = (String[]) each;
            columns.put(
                    column[0],
                    new FoundColumn(column[1], Boolean.parseBoolean(column[2]), Boolean.parseBoolean(column[3])));
        }
        return columns;
    }

    private static List<String> strings(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
