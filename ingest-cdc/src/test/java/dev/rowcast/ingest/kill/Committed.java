package dev.rowcast.ingest.kill;

import java.util.List;
import java.util.Map;

/// One committed transaction, as the reference slot tells it.
///
/// @param xid of the top-level transaction
/// @param commitLsn where the log goes on after it
/// @param rows what it did to tables, in order; without what was rolled back to a savepoint
record Committed(long xid, long commitLsn, List<Row> rows) {

    enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE
    }

    /// What happened to one row, or to one table that was truncated.
    ///
    /// @param before column to text; empty when the log has no old image
    /// @param after column to text; a large value that the log does not repeat is taken from the old image
    record Row(String table, Kind kind, Map<String, String> before, Map<String, String> after, long lsn) {}

    boolean touches(String table) {
        return rows.stream().anyMatch(row -> row.table().equals(table));
    }
}
