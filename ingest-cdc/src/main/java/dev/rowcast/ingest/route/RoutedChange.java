package dev.rowcast.ingest.route;

import dev.rowcast.schemas.avro.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One change as the catalog makes it of a row, before its place in the transaction is known.
///
/// @param tenant whose it is; empty text when it concerns every tenant of the partition
/// @param partition of `rowcast.changes`
/// @param before column to JSON text; empty where there is nothing to tell
/// @param after column to JSON text; empty where there is nothing to tell
/// @param unchanged columns that the log did not repeat
/// @param lsn the change's own position in the log
public record RoutedChange(
        String tenant,
        int partition,
        String table,
        Operation operation,
        String key,
        Optional<Map<String, String>> before,
        Optional<Map<String, String>> after,
        List<String> unchanged,
        long lsn) {}
