package dev.rowcast.bench.capture;

import java.util.List;
import java.util.Optional;

/// What a run showed.
///
/// @param delays one for each block whose latency was measured
/// @param outage empty when Kafka stayed
/// @param problems what could not be measured, and why
record Result(Summary throughput, List<Delay> delays, Optional<Outage.Seen> outage, List<String> problems) {

    Result {
        delays = List.copyOf(delays);
        problems = List.copyOf(problems);
    }

    /// Whether nothing was lost and nobody began anew where nothing failed.
    boolean clean() {
        return problems.isEmpty()
                && throughput.clean()
                && delays.stream().allMatch(delay -> delay.got() == delay.sent())
                && outage.map(seen -> seen.got() == seen.sent()).orElse(true);
    }
}
