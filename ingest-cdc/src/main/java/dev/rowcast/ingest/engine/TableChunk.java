package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.route.Captured.Row;
import java.util.List;

/// Rows of one table as one reader of the database saw them.
///
/// @param snapshot which transactions that reader saw, as `pg_current_snapshot()` tells it
/// @param endLsn every transaction that it saw ends in the log before this place
/// @param rows in the order of their keys
public record TableChunk(String snapshot, long endLsn, List<Keyed> rows) {

    /// @param key the primary key's columns as Postgres writes them
    public record Keyed(List<String> key, Row row) {}

    public TableChunk {
        rows = List.copyOf(rows);
    }
}
