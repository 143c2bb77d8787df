package dev.rowcast.standalone.init;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A table as the database has it, whatever its name.
///
/// @param columns by name, in the table's order
/// @param primaryKey its columns; empty where there is none
/// @param uniques the columns of each further unique index
/// @param links its foreign keys
/// @param fullIdentity whether the log holds the whole old row already, in each partition too
/// @param leaves its partitions that hold rows, as SQL writes them; empty where it has none
record FoundTable(
        String schema,
        String name,
        Map<String, FoundColumn> columns,
        List<String> primaryKey,
        List<List<String>> uniques,
        List<Link> links,
        boolean fullIdentity,
        List<String> leaves) {

    FoundTable {
        columns = new LinkedHashMap<>(columns);
        primaryKey = List.copyOf(primaryKey);
        uniques = List.copyOf(uniques);
        links = List.copyOf(links);
        leaves = List.copyOf(leaves);
    }

    /// A column.
    record FoundColumn(String type, boolean nullable, boolean generated) {}

    /// A foreign key.
    ///
    /// @param from this table's columns
    /// @param to the other table's columns, in the same order
    record Link(String schema, String table, List<String> from, List<String> to) {

        String target() {
            return schema + "." + table;
        }

        /// The column that points to one column of the target, when the tenant's is left aside.
        Optional<String[]> single(Optional<String> tenant) {
            String[] pair = null;
            for (int i = 0; i < from.size(); i++) {
                boolean isTenant = tenant.filter(from.get(i)::equals).isPresent();
                if (!isTenant || from.size() == 1) {
                    if (pair != null) {
                        return Optional.empty();
                    }
                    pair = new String[] {from.get(i), to.get(i)};
                }
            }
            return Optional.ofNullable(pair);
        }
    }

    String id() {
        return schema + "." + name;
    }
}
