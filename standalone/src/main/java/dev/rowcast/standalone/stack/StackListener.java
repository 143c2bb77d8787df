package dev.rowcast.standalone.stack;

import dev.rowcast.ingest.snapshot.SnapshotProgress;
import java.time.Duration;

/// Hears how the start goes; called from several threads.
public interface StackListener {

    /// Tells nobody.
    StackListener SILENT = new StackListener() {
        @Override
        public void ready(String what, String where, Duration took) {}

        @Override
        public void snapshot(SnapshotProgress progress) {}
    };

    /// A part or service is up.
    ///
    /// @param what such as "Postgres"
    /// @param where its address, or what it did
    void ready(String what, String where, Duration took);

    /// The first snapshot goes on.
    void snapshot(SnapshotProgress progress);
}
