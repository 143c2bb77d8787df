package dev.rowcast.ingest.snapshot;

import java.util.List;
import java.util.Optional;

/// One row of `rowcast.backfills`: somebody wants a table to be read again.
///
/// @param table as it was written there, not checked
/// @param rows published so far
/// @param expected roughly how many there are; 0 before it runs
/// @param lastKey of the last row that is published; empty before the first one
/// @param untilKey of the last row to read, which was the table's last one when it began; empty before it runs
/// @param reason why it ended so, or what it waits for
record Backfill(
        long id,
        String table,
        BackfillState state,
        long rows,
        long expected,
        List<String> lastKey,
        List<String> untilKey,
        Optional<String> reason) {

    Backfill {
        lastKey = List.copyOf(lastKey);
        untilKey = List.copyOf(untilKey);
    }

    Backfill running(long roughly, List<String> last) {
        return new Backfill(id, table, BackfillState.RUNNING, rows, roughly, lastKey, last, Optional.empty());
    }

    Backfill advanced(long more, List<String> key) {
        return new Backfill(id, table, state, rows + more, expected, key, untilKey, Optional.empty());
    }

    Backfill waiting(String why) {
        return new Backfill(id, table, state, rows, expected, lastKey, untilKey, Optional.of(why));
    }

    Backfill ended(BackfillState how, Optional<String> why) {
        return new Backfill(id, table, how, rows, expected, lastKey, untilKey, why);
    }
}
