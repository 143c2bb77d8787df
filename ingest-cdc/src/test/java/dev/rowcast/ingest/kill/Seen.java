package dev.rowcast.ingest.kill;

import dev.rowcast.schemas.avro.SnapshotPhase;

/// What a reader of committed records found in a log.
sealed interface Seen {

    /// A row that a snapshot read.
    ///
    /// @param attempt the same for all rows of one snapshot in one log: the epoch, or in a raw topic the position
    /// @param text as of [Expectation#text]
    record Snapshot(long attempt, String text) implements Seen {}

    /// Where a snapshot begins or ends in a partition of `rowcast.changes`.
    record Bound(long epoch, SnapshotPhase phase) implements Seen {}

    /// What came from the log.
    ///
    /// @param epoch 0 in a raw topic, which has none
    record Streamed(long epoch, Item item) implements Seen {}
}
