package dev.rowcast.ingest.snapshot;

import java.util.Locale;

/// How far a backfill came. The labels are what `rowcast.backfills` holds.
public enum BackfillState {
    REQUESTED,
    RUNNING,
    DONE,
    REFUSED,
    FAILED,
    CANCELLED;

    static BackfillState of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /// For instance `running`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
