package dev.rowcast.bench.capture;

import java.util.ArrayList;
import java.util.List;

/// What is measured.
///
/// @param rows of one trial; wide rows are a quarter of them
/// @param turns how often each side runs, each time in a new process
/// @param rounds trials of each kind while one process runs
/// @param latencySeconds how long commit → topic is measured; 0 for not at all
/// @param outageSeconds how long Kafka is away; 0 for not at all
/// @param quick results go to a file of their own
record Plan(
        List<Side> sides,
        List<Shape> shapes,
        int rows,
        int turns,
        int rounds,
        int latencySeconds,
        int outageSeconds,
        boolean quick) {

    static final Plan WHOLE = new Plan(List.of(Side.values()), List.of(Shape.values()), 60_000, 2, 1, 10, 120, false);
    static final Plan QUICK =
            new Plan(List.of(Side.ROWCAST, Side.CONNECT), List.of(Shape.values()), 20_000, 2, 1, 3, 15, true);

    private static final int WIDE_SHARE = 4;

    Plan {
        sides = List.copyOf(sides);
        shapes = List.copyOf(shapes);
        if (rows < WIDE_SHARE || rows > 5_000_000 || turns < 1 || turns > 10 || rounds < 1 || rounds > 20) {
            throw new IllegalArgumentException(
                    "4 to 5,000,000 rows, 1 to 10 turns and 1 to 20 rounds, not %d, %d and %d"
                            .formatted(rows, turns, rounds));
        }
        if (latencySeconds < 0 || latencySeconds > 600 || outageSeconds < 0 || outageSeconds > 600) {
            throw new IllegalArgumentException(
                    "0 to 600 seconds, not %d and %d".formatted(latencySeconds, outageSeconds));
        }
    }

    /// The sides in this order, back again, and so on: a machine that becomes slower does so for all.
    List<Side> blocks() {
        List<Side> blocks = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            blocks.addAll(turn % 2 == 0 ? sides : sides.reversed());
        }
        return List.copyOf(blocks);
    }

    int rows(Shape shape) {
        return shape == Shape.WIDE ? rows / WIDE_SHARE : rows;
    }

    String file() {
        return quick ? "capture-quick.json" : "capture.json";
    }
}
