package dev.rowcast.ingest.route;

import dev.rowcast.schemas.avro.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One change as the catalog makes it of a row, before its place in the transaction is known.
///
/// @param tenant the record's key: whose it is, or which shard's of a tenant that is split; empty text when it concerns
///     every tenant of the partition
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
        long lsn) {

    /// The same with another position.
    RoutedChange at(long other) {
        return new RoutedChange(tenant, partition, table, operation, key, before, after, unchanged, other);
    }

    /// The same with the values that the log did not repeat, as far as the old row has them: where this goes, nobody
    /// knows the old row.
    RoutedChange completedBy(Optional<Map<String, String>> old) {
        if (unchanged.isEmpty() || old.isEmpty() || after.isEmpty()) {
            return this;
        }
        Map<String, String> complete = new LinkedHashMap<>(after.get());
        List<String> missing = new ArrayList<>();
        for (String column : unchanged) {
            String value = old.get().get(column);
            if (value == null) {
                missing.add(column);
            } else {
                complete.put(column, value);
            }
        }
        return new RoutedChange(tenant, partition, table, operation, key, before, Optional.of(complete), missing, lsn);
    }

    /// The same with these columns of the old row only.
    public RoutedChange withOldOnly(Set<String> columns) {
        return new RoutedChange(
                tenant, partition, table, operation, key, before.map(row -> only(row, columns)), after, unchanged, lsn);
    }

    /// The same with these columns only.
    public RoutedChange withOnly(Set<String> columns) {
        return new RoutedChange(
                tenant,
                partition,
                table,
                operation,
                key,
                before.map(row -> only(row, columns)),
                after.map(row -> only(row, columns)),
                unchanged.stream().filter(columns::contains).toList(),
                lsn);
    }

    /// In its place, what tells everybody whom it may concern to refetch.
    public RoutedChange asReset() {
        return new RoutedChange(
                tenant, partition, table, Operation.RESET, "", Optional.empty(), Optional.empty(), List.of(), lsn);
    }

    private static Map<String, String> only(Map<String, String> row, Set<String> columns) {
        Map<String, String> some = new LinkedHashMap<>(row);
        some.keySet().retainAll(columns);
        return some;
    }
}
