package dev.rowcast.bench.cache;

import dev.rowcast.bench.cache.Rooms.Slowness;
import java.time.Duration;
import java.util.List;

/// What is measured.
///
/// @param readsPerSecond of the load
/// @param writesPerSecond beside it
/// @param faults of Redis, a trial each
/// @param rooms that are read and written, the n-th as often as 1/n
/// @param slowness of the database under the load
/// @param callers at once, a trial each, where as much is done as there can be
/// @param time of a trial; of a fault a third of it
/// @param warmUp before each trial of the load, and before the first of the others
/// @param rounds trials of each kind
record Plan(
        List<Cell> cells,
        List<Side> sides,
        List<Fault> faults,
        int readsPerSecond,
        int writesPerSecond,
        int rooms,
        Slowness slowness,
        List<Integer> callers,
        Duration time,
        Duration warmUp,
        int rounds) {

    /// The seed's answers took 50 to 100 ms without a cache.
    private static final Slowness SEED = new Slowness(Duration.ofMillis(50), Duration.ofMillis(100));

    static final Plan WHOLE = new Plan(
            List.of(Cell.values()),
            List.of(Side.values()),
            List.of(Fault.values()),
            1_000,
            20,
            1_000,
            SEED,
            List.of(1, 16),
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            3);

    /// Every cell, too short to be a measurement.
    static final Plan QUICK = new Plan(
            List.of(Cell.values()),
            List.of(Side.values()),
            List.of(Fault.values()),
            1_000,
            20,
            1_000,
            SEED,
            List.of(1, 16),
            Duration.ofSeconds(6),
            Duration.ofSeconds(3),
            1);

    Plan {
        cells = List.copyOf(cells);
        sides = List.copyOf(sides);
        faults = List.copyOf(faults);
        callers = List.copyOf(callers);
        within("--reads", readsPerSecond, 1, 50_000);
        within("--writes", writesPerSecond, 1, 5_000);
        within("--rooms", rooms, 1, 100_000);
        within("--rounds", rounds, 1, 50);
        within("--seconds", (int) time.toSeconds(), 1, 3_600);
        callers.forEach(each -> within("--callers", each, 1, 1_000));
    }

    private static void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %,d to %,d, not %,d".formatted(option, least, most, value));
        }
    }
}
