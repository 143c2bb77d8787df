package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.CaptureListener;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.snapshot.BackfillListener;
import dev.rowcast.ingest.snapshot.SnapshotMeter;
import java.util.Optional;

/// What a run tells its supervisor.
interface RunObserver {

    void waitingForSlot();

    void starting();

    /// @param flowing to be run whenever a heartbeat came back
    /// @return who is told what the handler does
    CaptureListener begin(Optional<SnapshotMeter> firstSnapshot, Runnable flowing);

    /// @return who is told how backfills go
    BackfillListener backfills();

    /// @param state empty when there is no slot
    void slot(Optional<SlotState> state);

    /// It waits for readers to see a transaction, and goes on by itself.
    void stuck(Fault fault);
}
