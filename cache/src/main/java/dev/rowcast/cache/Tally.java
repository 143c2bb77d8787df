package dev.rowcast.cache;

import dev.rowcast.cache.shared.Kept;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Counts what is read and kept.
final class Tally {

    private final MeterRegistry meters;
    private final Map<CacheStatus, Counter> reads = new EnumMap<>(CacheStatus.class);
    private final Timer loads;

    Tally(MeterRegistry meters) {
        this.meters = meters;
        for (CacheStatus status : CacheStatus.values()) {
            reads.put(
                    status,
                    Counter.builder("rowcast.cache.reads")
                            .description("Reads through the cache, by where the answer came from")
                            .tag("status", status.text())
                            .register(meters));
        }
        this.loads = Timer.builder("rowcast.cache.loads")
                .description("Reads of the database by the cache")
                .register(meters);
    }

    void count(Cached answer) {
        Counter counter = reads.get(answer.status());
        if (counter != null) {
            counter.increment();
        }
        if (answer.status() == CacheStatus.BYPASS) {
            meters.counter("rowcast.cache.bypasses", "reason", answer.detail()).increment();
        }
    }

    void count(Kept kept) {
        String result = switch (kept) {
            case Kept.Yes yes -> "kept";
            case Kept.No(Kept.Reason reason) -> reason.name().toLowerCase(Locale.ROOT);
        };
        meters.counter("rowcast.cache.fills", "result", result).increment();
    }

    <E extends Exception> Loaded timed(Loader<E> loader) throws E {
        long began = System.nanoTime();
        try {
            return loader.load();
        } finally {
            loads.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        }
    }
}
