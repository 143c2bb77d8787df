package dev.rowcast.ingest;

import dev.rowcast.ingest.snapshot.BackfillListener;
import dev.rowcast.ingest.snapshot.BackfillState;
import dev.rowcast.ingest.snapshot.BackfillStatus;
import dev.rowcast.ingest.snapshot.SnapshotProgress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Keeps what is known of snapshots and backfills, for whoever asks.
final class SnapshotBoard implements BackfillListener {

    private static final int REMEMBERED = 20;

    private Optional<SnapshotProgress> first = Optional.empty();
    private boolean firstDone;
    private int open;
    private final Deque<BackfillStatus> backfills = new ArrayDeque<>();

    synchronized void first(SnapshotProgress progress) {
        first = Optional.of(progress);
        firstDone = false;
    }

    synchronized void firstDone() {
        firstDone = true;
    }

    @Override
    public synchronized void backfill(BackfillStatus status) {
        backfills.removeIf(known -> known.id() == status.id());
        backfills.addFirst(status);
        if (backfills.size() > REMEMBERED) {
            backfills.removeLast();
        }
    }

    @Override
    public synchronized void open(int count) {
        open = count;
    }

    synchronized Snapshots view() {
        return new Snapshots(first, firstDone, open, List.copyOf(backfills));
    }

    synchronized long firstRows() {
        return first.map(SnapshotProgress::rows).orElse(0L);
    }

    synchronized long firstExpected() {
        return first.map(SnapshotProgress::expected).orElse(0L);
    }

    synchronized int openBackfills() {
        return open;
    }

    /// Of the one that runs.
    synchronized long backfillRows() {
        return running().map(SnapshotProgress::rows).orElse(0L);
    }

    synchronized long backfillExpected() {
        return running().map(SnapshotProgress::expected).orElse(0L);
    }

    private Optional<SnapshotProgress> running() {
        return backfills.stream()
                .filter(status -> status.state() == BackfillState.RUNNING)
                .map(BackfillStatus::progress)
                .findFirst();
    }
}
