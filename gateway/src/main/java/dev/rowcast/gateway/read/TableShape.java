package dev.rowcast.gateway.read;

import java.util.List;
import java.util.Map;

/// What the database says about a table.
///
/// @param key the columns of its primary key in the table's order, which is how ids have them
/// @param types of all its columns by name, as Postgres formats them, without their modifiers
record TableShape(List<String> key, Map<String, String> types) {

    TableShape {
        key = List.copyOf(key);
        types = Map.copyOf(types);
    }

    /// A column that is not there is for the query to complain about.
    Column column(String alias, String name) {
        return Column.of(alias, name, types.getOrDefault(name, ""));
    }
}
