package dev.rowcast.bench;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/// What one run at one rate showed, in microseconds.
///
/// @param perSecond how many changes a second were asked for
/// @param sent how many committed
/// @param got how many of them the client read
/// @param seconds how long the writing took
record Measured(int perSecond, long sent, long got, double seconds, Map<Hop, Histogram> hops) {

    private static final long LONGEST_US = 60_000_000;
    private static final int DIGITS = 3;

    static Map<Hop, Histogram> histograms() {
        Map<Hop, Histogram> hops = new EnumMap<>(Hop.class);
        for (Hop hop : Hop.values()) {
            hops.put(hop, new SynchronizedHistogram(LONGEST_US, DIGITS));
        }
        return hops;
    }

    /// A percentile in milliseconds.
    double ms(Hop hop, double percentile) {
        Histogram histogram = hops.get(hop);
        return histogram == null ? Double.NaN : histogram.getValueAtPercentile(percentile) / 1000.0;
    }
}
