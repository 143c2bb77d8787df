package dev.rowcast.ingest.kill;

import dev.rowcast.schemas.avro.SnapshotPhase;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Each snapshot says in every partition of `rowcast.changes` where it begins, and the one that was not cut where it
/// ends: each once, around all of its rows, and in front of everything that came from the log.
final class SnapshotBounds {

    private final Set<Long> begun = new HashSet<>();
    private long within = -1;
    private boolean ended;

    private SnapshotBounds() {}

    /// @param epoch of the stream
    /// @return what is wrong first
    static Optional<String> finding(String log, List<Seen> seen, long epoch) {
        SnapshotBounds bounds = new SnapshotBounds();
        for (Seen each : seen) {
            if (!bounds.takes(each, epoch)) {
                return Optional.of("%s: not where a snapshot may have it: %s".formatted(log, each));
            }
        }
        return bounds.ended ? Optional.empty() : Optional.of("%s: no snapshot ended".formatted(log));
    }

    private boolean takes(Seen seen, long epoch) {
        return switch (seen) {
            case Seen.Streamed streamed -> ended;
            case Seen.Snapshot row -> !ended && row.attempt() == within;
            case Seen.Bound(long of, SnapshotPhase phase)
            when phase == SnapshotPhase.BEGAN -> {
                within = of;
                yield !ended && begun.add(of);
            }
            case Seen.Bound(long of, SnapshotPhase phase) -> {
                boolean first = !ended;
                ended = true;
                yield first && of == within && of == epoch && phase == SnapshotPhase.ENDED;
            }
        };
    }
}
