package dev.rowcast.bench.topology;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/// How long changes take from when they were due to when a node has them.
final class Delays {

    private static final long LONGEST_US = 300_000_000;
    private static final int DIGITS = 3;

    private final Map<Long, Long> dueNs = new ConcurrentHashMap<>();
    private final Histogram us = new SynchronizedHistogram(LONGEST_US, DIGITS);
    private final AtomicLong due = new AtomicLong();
    private final AtomicLong got = new AtomicLong();

    void due(long number, long ns) {
        due.incrementAndGet();
        dueNs.put(number, ns);
    }

    /// What comes again counts once.
    void arrived(long number, long ns) {
        Long since = dueNs.remove(number);
        if (since != null) {
            got.incrementAndGet();
            us.recordValue(Math.clamp((ns - since) / 1000, 0, LONGEST_US));
        }
    }

    /// Forgets what was until now, so that only what follows counts.
    void reset() {
        us.reset();
    }

    long missing() {
        return due.get() - got.get();
    }

    /// Waits for all that were due; afterwards [#missing] says whether they came.
    void await(Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (missing() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
    }

    /// @param percentile 100 for the longest
    double ms(double percentile) {
        return us.getValueAtPercentile(percentile) / 1000.0;
    }
}
