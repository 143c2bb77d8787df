package dev.rowcast.bench.topology;

import dev.rowcast.bench.processor.Guarantee;
import java.time.Duration;
import java.util.List;

/// What is measured.
///
/// @param nodes how many gateway nodes the subscribers are spread over, a trial each
/// @param subscribers of the tenant, a trial each
/// @param changes of a throughput trial; a fourth of them with more than one node
/// @param rounds trials of each kind
/// @param time of a latency trial
/// @param subscriptions that are restored
/// @param flags for the processor's JVM
record Plan(
        List<Cell> cells,
        List<Guarantee> guarantees,
        List<Integer> nodes,
        List<Integer> subscribers,
        int changes,
        int rounds,
        Duration time,
        int subscriptions,
        List<String> flags) {

    private static final int SHARE_OF_MANY_NODES = 4;

    Plan {
        cells = List.copyOf(cells);
        guarantees = List.copyOf(guarantees);
        nodes = List.copyOf(nodes);
        subscribers = List.copyOf(subscribers);
        flags = List.copyOf(flags);
        if (changes < 1_000 || changes > 2_000_000 || rounds < 1 || rounds > 20) {
            throw new IllegalArgumentException(
                    "1,000 to 2,000,000 changes and 1 to 20 rounds, not %d and %d".formatted(changes, rounds));
        }
        if (nodes.stream().anyMatch(each -> each < 1 || each > 8)
                || subscribers.stream().anyMatch(each -> each < 1 || each > 100_000)) {
            throw new IllegalArgumentException(
                    "1 to 8 nodes and 1 to 100,000 subscribers, not %s and %s".formatted(nodes, subscribers));
        }
        if (subscriptions < 1_000 || subscriptions > 2_000_000) {
            throw new IllegalArgumentException("1,000 to 2,000,000 subscriptions, not " + subscriptions);
        }
    }

    int changes(int nodeCount) {
        return nodeCount == 1 ? changes : changes / SHARE_OF_MANY_NODES;
    }
}
