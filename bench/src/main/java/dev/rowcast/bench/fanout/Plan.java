package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.List;

/// What is measured.
///
/// @param perSecond messages of an open loop
/// @param subscribers of the one channel
/// @param bytes of a message, a trial each
/// @param inFlight messages of a closed loop that not everybody has yet, a trial each
/// @param time of a trial
/// @param warmUp before the first trial
/// @param rounds trials of each kind
/// @param pin whether the gateway gets a core of its own where that can be
/// @param flags for the gateway's JVM
record Plan(
        List<Cell> cells,
        List<Transport> transports,
        int perSecond,
        int subscribers,
        List<Integer> bytes,
        List<Integer> inFlight,
        Duration time,
        Duration warmUp,
        int rounds,
        boolean pin,
        List<String> flags) {

    private static final int MOST_CONNECTIONS = 19_000;
    private static final int MOST_BYTES = 60_000;

    Plan {
        cells = List.copyOf(cells);
        transports = List.copyOf(transports);
        bytes = List.copyOf(bytes);
        inFlight = List.copyOf(inFlight);
        flags = List.copyOf(flags);
        within("--rate", perSecond, 1, 100_000);
        within("--subscribers", subscribers, 1, MOST_CONNECTIONS);
        within("--rounds", rounds, 1, 50);
        within("--seconds", (int) time.toSeconds(), 1, 3_600);
        bytes.forEach(each -> within("--bytes", each, DeliveriesFeed.SHORTEST, MOST_BYTES));
        inFlight.forEach(each -> within("--in-flight", each, 1, 10_000));
    }

    private static void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %,d to %,d, not %,d".formatted(option, least, most, value));
        }
    }
}
