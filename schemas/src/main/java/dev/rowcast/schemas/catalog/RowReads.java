package dev.rowcast.schemas.catalog;

import java.util.List;

/// How the rows of a table are read over HTTP, where that differs from how they are delivered.
///
/// @param columns what reads show beside the key; empty for the delivered columns
/// @param rowSecurity whether rows are read under the database's row level security, as whoever asks
public record RowReads(List<String> columns, boolean rowSecurity) {

    /// As they are delivered, and by the catalog's rules alone.
    public static final RowReads AS_DELIVERED = new RowReads(List.of(), false);

    /// @throws IllegalArgumentException when a name is refused, or stands there twice
    public RowReads {
        columns.forEach(Names.IDENTIFIER::check);
        columns = TableRule.distinct(columns);
    }
}
