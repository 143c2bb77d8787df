package dev.rowcast.bench;

import dev.rowcast.bench.DeliveryTap.Times;
import dev.rowcast.standalone.stack.Addresses;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/// One rate for some time, with one client that listens in rows mode.
final class LatencyRun {

    private static final Duration STRAGGLERS = Duration.ofSeconds(10);

    private final Addresses at;
    private final int perSecond;
    private final Duration time;
    private final Map<String, Long> committedNs = new ConcurrentHashMap<>();
    private final Map<String, Long> readNs = new ConcurrentHashMap<>();
    private final Map<String, Times> hops = new ConcurrentHashMap<>();

    LatencyRun(Addresses at, int perSecond, Duration time) {
        this.at = at;
        this.perSecond = perSecond;
        this.time = time;
    }

    Measured run(String name) throws IOException, InterruptedException, ExecutionException {
        // The difference between the two clocks of this machine, so that hop times and reading times compare.
        Instant wall = Instant.now();
        long offsetNs = (wall.getEpochSecond() * 1_000_000_000L + wall.getNano()) - System.nanoTime();
        AtomicLong got = new AtomicLong();
        long begin = System.nanoTime();
        try (DeliveryTap tap = new DeliveryTap(at.kafka(), at.registry(), hops::put);
                SseReader client =
                        new SseReader(URI.create(at.gateway()), "channel=vault:1&mode=rows", "pk_demo", (title, ns) -> {
                            readNs.put(title, ns);
                            got.incrementAndGet();
                        })) {
            client.awaitSubscribed();
            begin = System.nanoTime();
            long sent = new Writers(at.database()).write("bench-" + name + "-", perSecond, time, committedNs::put);
            double seconds = (System.nanoTime() - begin) / 1e9;
            long deadline = System.nanoTime() + STRAGGLERS.toNanos();
            while ((got.get() < sent || hops.size() < sent) && System.nanoTime() < deadline) {
                Thread.sleep(5);
            }
            return new Measured(perSecond, sent, got.get(), seconds, histograms(offsetNs));
        }
    }

    private Map<Hop, Histogram> histograms(long offsetNs) {
        Map<Hop, Histogram> all = Measured.histograms();
        readNs.forEach((title, read) -> {
            Long committed = committedNs.get(title);
            Times times = hops.get(title);
            if (committed != null && times != null) {
                long readUs = (read + offsetNs) / 1000;
                record(all, Hop.WHOLE, (read - committed) / 1000);
                record(all, Hop.CAPTURED, times.capturedUs() - times.commitUs());
                record(all, Hop.MATCHED, times.matchedUs() - times.capturedUs());
                record(all, Hop.WRITTEN, readUs - times.matchedUs());
            }
        });
        return all;
    }

    /// The client can have read a change before its writer saw the acknowledgement: that is no time at all.
    private static void record(Map<Hop, Histogram> all, Hop hop, long us) {
        Histogram histogram = all.get(hop);
        if (histogram != null) {
            histogram.recordValue(Math.max(0, us));
        }
    }
}
