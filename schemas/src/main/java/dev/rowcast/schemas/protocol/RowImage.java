package dev.rowcast.schemas.protocol;

import java.util.Collections;
import java.util.SequencedMap;

/// The delivered columns of one row, in the order of the catalog.
///
/// @param columns column name to its value as JSON text; does not change any more
public record RowImage(SequencedMap<String, JsonFragment> columns) {
    public RowImage {
        columns = Collections.unmodifiableSequencedMap(columns);
    }
}
