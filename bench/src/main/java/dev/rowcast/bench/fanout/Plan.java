package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.List;

/// What is measured.
///
/// @param feed where deliveries come from
/// @param perSecond messages of an open loop
/// @param subscribers of the one channel
/// @param bytes of a message, a trial each
/// @param inFlight messages of a closed loop that not everybody has yet, a trial each
/// @param connections of a storm, and of those that are idle
/// @param time of a trial
/// @param warmUp before the first trial
/// @param rounds trials of each kind
/// @param pin whether the gateway gets a core of its own where that can be
/// @param bare whether open and closed loops are run with a bare server as well
/// @param flags for the gateway's JVM
record Plan(
        List<Cell> cells,
        List<Transport> transports,
        FeedKind feed,
        int perSecond,
        int subscribers,
        List<Integer> bytes,
        List<Integer> inFlight,
        int connections,
        Duration time,
        Duration warmUp,
        int rounds,
        boolean pin,
        boolean bare,
        List<String> flags) {

    static final Plan WHOLE = new Plan(
            List.of(Cell.values()),
            List.of(Transport.values()),
            FeedKind.DELIVERIES,
            40,
            1_000,
            List.of(100, 1_024),
            List.of(8, 32),
            10_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(40),
            3,
            true,
            true,
            List.of());

    /// Every cell, too short and too small to be a measurement.
    static final Plan QUICK = new Plan(
            List.of(Cell.values()),
            List.of(Transport.values()),
            FeedKind.DELIVERIES,
            40,
            100,
            List.of(100),
            List.of(8),
            500,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            1,
            true,
            false,
            List.of());

    private static final int MOST_CONNECTIONS = 19_000;
    private static final int FEW = 10;
    private static final int MOST_BYTES = 60_000;

    Plan {
        cells = List.copyOf(cells);
        transports = List.copyOf(transports);
        bytes = List.copyOf(bytes);
        inFlight = List.copyOf(inFlight);
        flags = List.copyOf(flags);
        within("--rate", perSecond, 1, 100_000);
        within("--subscribers", subscribers, 1, MOST_CONNECTIONS);
        within("--connections", connections, 1, MOST_CONNECTIONS);
        within("--rounds", rounds, 1, 50);
        within("--seconds", (int) time.toSeconds(), 1, 3_600);
        bytes.forEach(each -> within("--bytes", each, Content.SHORTEST, MOST_BYTES));
        inFlight.forEach(each -> within("--in-flight", each, 1, 10_000));
    }

    /// Of an open loop, to all subscribers together.
    int deliveriesPerSecond() {
        return perSecond * subscribers;
    }

    /// For cells in which not their number is what counts.
    int fewSubscribers() {
        return Math.max(1, subscribers / FEW);
    }

    private static void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %,d to %,d, not %,d".formatted(option, least, most, value));
        }
    }
}
