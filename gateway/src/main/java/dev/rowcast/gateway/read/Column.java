package dev.rowcast.gateway.read;

import java.util.Set;

/// A column of a query.
///
/// @param alias of its table
/// @param plain whether a value has one text only, the same here, in channels and in tags
record Column(String alias, String name, boolean plain) {

    private static final Set<String> PLAIN_TYPES =
            Set.of("bigint", "integer", "smallint", "text", "character varying", "uuid", "boolean");

    /// @param type as Postgres formats it, without its modifiers
    static Column of(String alias, String name, String type) {
        return new Column(alias, name, PLAIN_TYPES.contains(type));
    }

    String sql() {
        return alias + "." + quoted(name);
    }

    String text() {
        return sql() + "::text";
    }

    /// Where it has this value. Of a plain column the value must be written as the database writes it: `01`
    /// is not 1, because no channel and no tag has that name. The first comparison is what an index serves.
    Where is(String value) {
        return plain
                ? Where.of("%s = ? and %s collate \"C\" = ?".formatted(sql(), text()), value, value)
                : Where.of(sql() + " = ?", value);
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
