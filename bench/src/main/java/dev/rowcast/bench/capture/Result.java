package dev.rowcast.bench.capture;

import java.util.List;
import java.util.Optional;

/// What a run showed.
///
/// @param delays one for each block whose latency was measured
/// @param outage empty when Kafka stayed
record Result(Summary throughput, List<Delay> delays, Optional<Outage.Seen> outage) {

    Result {
        delays = List.copyOf(delays);
    }

    /// Whether nothing was lost and nobody began anew where nothing failed.
    boolean clean() {
        return throughput.clean()
                && delays.stream().allMatch(delay -> delay.got() == delay.sent())
                && outage.map(seen -> seen.got() == seen.sent()).orElse(true);
    }
}
