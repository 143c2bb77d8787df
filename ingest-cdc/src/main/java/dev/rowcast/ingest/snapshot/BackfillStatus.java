package dev.rowcast.ingest.snapshot;

import java.util.Optional;

/// How a backfill stands.
///
/// @param id of its row in `rowcast.backfills`
/// @param progress its rows are those of the whole backfill, restarts included
/// @param reason why it ended so, or what it waits for
public record BackfillStatus(long id, BackfillState state, SnapshotProgress progress, Optional<String> reason) {}
