package dev.rowcast.schemas.filter;

import java.util.Set;

/// What every row has that passes a filter: one of these values in this column.
///
/// @param keys of the values; at least one
public record Equality(String column, Set<ValueKey> keys) {
    public Equality {
        keys = Set.copyOf(keys);
    }
}
