package dev.rowcast.ingest;

import dev.rowcast.ingest.snapshot.BackfillStatus;
import dev.rowcast.ingest.snapshot.SnapshotProgress;
import java.util.List;
import java.util.Optional;

/// What is read from tables, beside the log.
///
/// @param first the first snapshot, when this process made it
/// @param firstDone whether there was a first snapshot and it is complete
/// @param open backfills that wait or run
/// @param backfills those that this process worked on, the latest first
public record Snapshots(Optional<SnapshotProgress> first, boolean firstDone, int open, List<BackfillStatus> backfills) {

    public Snapshots {
        backfills = List.copyOf(backfills);
    }
}
