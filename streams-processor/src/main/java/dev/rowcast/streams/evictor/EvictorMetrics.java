package dev.rowcast.streams.evictor;

import dev.rowcast.cache.redis.RedisTime;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/// What the evictor shows. Set by its thread, read by any.
final class EvictorMetrics implements AutoCloseable {

    private final MeterRegistry meters;
    private final RedisTime time = new RedisTime();
    private final Counter evictions;
    private final Counter seeks;
    private final Counter resets;
    private final Map<Trouble.Cause, Counter> failures = new EnumMap<>(Trouble.Cause.class);
    private final Map<Integer, LaneMetrics> lanes = new HashMap<>();

    EvictorMetrics(MeterRegistry meters) {
        this.meters = meters;
        evictions = Counter.builder("rowcast.evictor.evictions")
                .description("tags and tenants that were made stale")
                .register(meters);
        seeks = Counter.builder("rowcast.evictor.seeks")
                .description("times that Redis was elsewhere in the log than was believed")
                .register(meters);
        resets = Counter.builder("rowcast.evictor.resets")
                .description("times that a cache partition began again, empty")
                .register(meters);
        for (Trouble.Cause cause : Trouble.Cause.values()) {
            failures.put(
                    cause,
                    Counter.builder("rowcast.evictor.failures")
                            .description("times that nothing could be evicted for a while")
                            .tag("cause", cause.label())
                            .register(meters));
        }
    }

    void evicted(int count) {
        evictions.increment(count);
    }

    void sought() {
        seeks.increment();
    }

    void reset() {
        resets.increment();
    }

    void failed(Trouble.Cause cause) {
        Objects.requireNonNull(failures.get(cause)).increment();
    }

    /// What Redis' clock showed.
    ///
    /// @param askedNanos just before it was asked
    void clock(long redisMs, long askedNanos) {
        time.set(redisMs, askedNanos);
    }

    void assigned(int partition) {
        lanes.computeIfAbsent(partition, here -> new LaneMetrics(meters, here, time));
    }

    void revoked(int partition) {
        LaneMetrics gone = lanes.remove(partition);
        if (gone != null) {
            gone.close();
        }
    }

    /// @param end of the log; empty when it is not known
    void look(Lane lane, OptionalLong end) {
        LaneMetrics shown = lanes.get(lane.partition());
        if (shown != null) {
            shown.look(lane, end);
        }
    }

    @Override
    public void close() {
        lanes.values().forEach(LaneMetrics::close);
        lanes.clear();
    }
}
