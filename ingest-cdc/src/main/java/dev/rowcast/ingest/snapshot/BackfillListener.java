package dev.rowcast.ingest.snapshot;

/// Told how backfills go, from their thread.
public interface BackfillListener {

    /// Something new about one of them.
    void backfill(BackfillStatus status);

    /// How many wait or run.
    void open(int count);
}
