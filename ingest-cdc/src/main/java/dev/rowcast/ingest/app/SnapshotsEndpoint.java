package dev.rowcast.ingest.app;

import dev.rowcast.ingest.Ingest;
import dev.rowcast.ingest.Snapshots;
import dev.rowcast.ingest.snapshot.BackfillStatus;
import dev.rowcast.ingest.snapshot.SnapshotProgress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/// Says to operators how far the first snapshot and the backfills are: `GET /actuator/snapshots`.
@Endpoint(id = "snapshots")
public final class SnapshotsEndpoint {

    private final Ingest ingest;

    public SnapshotsEndpoint(Ingest ingest) {
        this.ingest = ingest;
    }

    /// @param first absent when an earlier process made it
    record Answer(@Nullable First first, int openBackfills, List<Backfill> backfills) {}

    /// @param state `running` or `done`
    /// @param secondsLeft absent as long as nothing can be said
    record First(
            String state,
            String table,
            long rows,
            long expected,
            int percent,
            @Nullable Long secondsLeft) {}

    /// @param state as in `rowcast.backfills`
    /// @param secondsLeft absent as long as nothing can be said, and when it ended
    /// @param reason why it ended so, or what it waits for
    record Backfill(
            long id,
            String table,
            String state,
            long rows,
            long expected,
            int percent,
            @Nullable Long secondsLeft,
            @Nullable String reason) {}

    @ReadOperation
    public Object snapshots() {
        Snapshots snapshots = ingest.snapshots();
        return new Answer(
                snapshots
                        .first()
                        .map(first -> first(first, snapshots.firstDone()))
                        .orElse(null),
                snapshots.open(),
                snapshots.backfills().stream().map(SnapshotsEndpoint::backfill).toList());
    }

    private static First first(SnapshotProgress progress, boolean done) {
        return new First(
                done ? "done" : "running",
                progress.table(),
                progress.rows(),
                progress.expected(),
                done ? 100 : progress.percent(),
                done ? null : seconds(progress));
    }

    private static Backfill backfill(BackfillStatus status) {
        SnapshotProgress progress = status.progress();
        return new Backfill(
                status.id(),
                progress.table(),
                status.state().label(),
                progress.rows(),
                progress.expected(),
                switch (status.state()) {
                    case DONE -> 100;
                    case REQUESTED, RUNNING, REFUSED, FAILED, CANCELLED -> progress.percent();
                },
                switch (status.state()) {
                    case RUNNING -> seconds(progress);
                    case REQUESTED, DONE, REFUSED, FAILED, CANCELLED -> null;
                },
                status.reason().orElse(null));
    }

    private static @Nullable Long seconds(SnapshotProgress progress) {
        return progress.left().map(Duration::toSeconds).orElse(null);
    }
}
