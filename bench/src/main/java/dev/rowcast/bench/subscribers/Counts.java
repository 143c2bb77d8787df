package dev.rowcast.bench.subscribers;

import java.util.Map;
import org.HdrHistogram.Histogram;

/// What a crowd saw.
///
/// @param us from when a message was due to when a client had it, of those that were due in the window
/// @param received messages; without those that say no change
/// @param lost that did not come
/// @param twice that came again
/// @param late that came behind a later one
/// @param resets how often a client was told of a gap
/// @param retries how often a client had to come again to be subscribed
/// @param reconnects how often a client that was subscribed had to connect again
/// @param errors what clients were told or noticed
/// @param firstError what the first of them was told; empty without one
/// @param endings close codes, with how many clients had them; 0 where there was none
public record Counts(
        Histogram us,
        long received,
        long lost,
        long twice,
        long late,
        long resets,
        long retries,
        long reconnects,
        long errors,
        String firstError,
        Map<Integer, Long> endings) {

    /// @param percentile 100 for the longest
    public double ms(double percentile) {
        return us.getTotalCount() == 0 ? 0 : us.getValueAtPercentile(percentile) / 1000.0;
    }

    /// Whether each client had everything once and in order.
    public boolean isWhole() {
        return lost == 0 && twice == 0 && late == 0;
    }
}
