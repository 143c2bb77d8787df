package dev.rowcast.bench.topology;

import dev.rowcast.schemas.avro.Frame;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/// Where changes spend their time on the way to a node, by the machine's clock: in the topology and before it, between
/// the topology and the broker, which counts whole milliseconds, and between the broker and who reads.
final class Hops {

    private static final long LONGEST_US = 300_000_000;
    private static final int DIGITS = 3;

    private final Histogram matchedUs = histogram();
    private final Histogram appendedUs = histogram();
    private final Histogram readUs = histogram();

    void arrived(Frame frame, Reader.Arrival arrival) {
        long agoUs = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - arrival.ns());
        long read = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - agoUs;
        long matched = arrival.delivery().getMatchedUs();
        long appended = TimeUnit.MILLISECONDS.toMicros(arrival.appendedMs());
        record(matchedUs, matched - frame.getCapturedUs());
        record(appendedUs, appended - matched);
        record(readUs, read - appended);
    }

    /// Forgets what was until now, so that only what follows counts.
    void reset() {
        matchedUs.reset();
        appendedUs.reset();
        readUs.reset();
    }

    /// From where the change was written to where the topology has its delivery.
    double matchedMs(double percentile) {
        return ms(matchedUs, percentile);
    }

    /// From there to the broker's log.
    double appendedMs(double percentile) {
        return ms(appendedUs, percentile);
    }

    /// From there to who reads.
    double readMs(double percentile) {
        return ms(readUs, percentile);
    }

    private static Histogram histogram() {
        return new SynchronizedHistogram(LONGEST_US, DIGITS);
    }

    private static void record(Histogram histogram, long us) {
        histogram.recordValue(Math.clamp(us, 0, LONGEST_US));
    }

    private static double ms(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1000.0;
    }
}
