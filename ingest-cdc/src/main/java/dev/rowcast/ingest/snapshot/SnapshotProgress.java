package dev.rowcast.ingest.snapshot;

import java.time.Duration;
import java.util.Optional;

/// How far the reading of tables is.
///
/// @param table the one being read, `schema.table`; empty before the first row
/// @param rows read so far, of all tables
/// @param expected roughly how many there are, at least 1
/// @param left roughly how long it still takes; empty as long as nothing can be said
public record SnapshotProgress(String table, long rows, long expected, Optional<Duration> left) {

    /// Before the first row.
    public static final SnapshotProgress NONE = new SnapshotProgress("", 0, 1, Optional.empty());

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /// @param readNow those of the rows that were read since it began or went on
    /// @param took how long that took
    static SnapshotProgress of(String table, long rows, long expected, long readNow, Duration took) {
        long atLeast = Math.max(1, expected);
        if (readNow == 0 || took.compareTo(SHORTEST) < 0) {
            return new SnapshotProgress(table, rows, atLeast, Optional.empty());
        }
        double millisPerRow = (double) took.toMillis() / readNow;
        Duration left = Duration.ofMillis((long) (millisPerRow * Math.max(0, atLeast - rows)));
        return new SnapshotProgress(table, rows, atLeast, Optional.of(left));
    }

    /// 0 to 99; 100 is for the state after it.
    public int percent() {
        return (int) Math.min(99, rows * 100 / expected);
    }
}
