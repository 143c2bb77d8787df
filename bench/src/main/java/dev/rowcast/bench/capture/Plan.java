package dev.rowcast.bench.capture;

import java.time.Duration;
import java.util.List;

/// What is measured.
///
/// @param rows of one trial; wide rows are a fifth of them
/// @param turns how often each side runs, each time in a new process
/// @param rounds trials of each kind while one process runs
/// @param latencySeconds how long commit → topic is measured; 0 for not at all
/// @param outageSeconds how long Kafka is away; 0 for not at all
/// @param outagePerSecond rows a second that are written meanwhile, 10 to 100,000
/// @param minutes a further turn is left out when it would take longer than this in all
/// @param quick results go to a file of their own
record Plan(
        List<Side> sides,
        List<Shape> shapes,
        int rows,
        int turns,
        int rounds,
        int latencySeconds,
        int outageSeconds,
        int outagePerSecond,
        int minutes,
        boolean quick) {

    static final Plan WHOLE =
            new Plan(List.of(Side.values()), List.of(Shape.values()), 50_000, 2, 1, 10, 120, 2000, 10, false);
    static final Plan QUICK =
            new Plan(List.of(Side.ROWCAST, Side.CONNECT), List.of(Shape.values()), 20_000, 2, 1, 3, 15, 2000, 3, true);

    /// Ingest starts, warms up and catches up.
    private static final Duration AROUND_OUTAGE = Duration.ofSeconds(50);

    private static final int WIDE_SHARE = 5;

    Plan {
        sides = List.copyOf(sides);
        shapes = List.copyOf(shapes);
        if (rows < WIDE_SHARE || rows > 5_000_000 || turns < 1 || turns > 10 || rounds < 1 || rounds > 20) {
            throw new IllegalArgumentException(
                    "5 to 5,000,000 rows, 1 to 10 turns and 1 to 20 rounds, not %d, %d and %d"
                            .formatted(rows, turns, rounds));
        }
        if (latencySeconds < 0 || latencySeconds > 600 || outageSeconds < 0 || outageSeconds > 600) {
            throw new IllegalArgumentException(
                    "0 to 600 seconds, not %d and %d".formatted(latencySeconds, outageSeconds));
        }
        if (outagePerSecond < 10 || outagePerSecond > 100_000) {
            throw new IllegalArgumentException("10 to 100,000 rows a second, not " + outagePerSecond);
        }
    }

    /// The sides in this order, the next time in the opposite one: a machine that becomes slower does so for all.
    ///
    /// @param turn from 0
    List<Side> turn(int turn) {
        return turn % 2 == 0 ? sides : sides.reversed();
    }

    /// Whether another turn fits.
    ///
    /// @param done how many turns there were, at least 1
    /// @param taken how long they took
    boolean fits(int done, Duration taken) {
        Duration outage = outageSeconds == 0
                ? Duration.ZERO
                : Duration.ofSeconds(outageSeconds).plus(AROUND_OUTAGE);
        return taken.plus(taken.dividedBy(done)).plus(outage).compareTo(Duration.ofMinutes(minutes)) <= 0;
    }

    int rows(Shape shape) {
        return shape == Shape.WIDE ? rows / WIDE_SHARE : rows;
    }

    String file() {
        return quick ? "capture-quick.json" : "capture.json";
    }
}
