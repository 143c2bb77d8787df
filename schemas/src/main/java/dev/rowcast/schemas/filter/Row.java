package dev.rowcast.schemas.filter;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A row as filters see it: the values that a change carries, each read once however many filters ask for it. For one
/// thread.
public final class Row {
    private final Map<String, String> json;
    private final Map<String, Value> read = new HashMap<>();

    private Row(Map<String, String> json) {
        this.json = json;
    }

    /// The row that a change carries.
    ///
    /// @param json column to JSON text; a column that is not in it has a value that nobody knows
    public static Row of(Map<String, String> json) {
        return new Row(json);
    }

    /// Whether the column's value is there.
    public boolean has(String column) {
        return json.containsKey(column);
    }

    /// What to look filters up by that ask for equality; empty when the value is not there, or nothing equals it.
    public Optional<ValueKey> key(String column) {
        return value(column).flatMap(Value::key);
    }

    Optional<Value> value(String column) {
        Value known = read.get(column);
        if (known == null) {
            @Nullable String text = json.get(column);
            if (text == null) {
                return Optional.empty();
            }
            known = Value.of(text);
            read.put(column, known);
        }
        return Optional.of(known);
    }
}
