package dev.rowcast.streams.evictor;

import dev.rowcast.cache.redis.RedisTime;
import dev.rowcast.cache.shared.Place;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One cache partition, for who looks from outside.
final class LaneMetrics implements AutoCloseable {

    private final MeterRegistry meters;
    private final RedisTime time;
    private final long beganNanos = System.nanoTime();
    private final List<Meter> registered;
    private Optional<Place> last = Optional.empty();
    private volatile double lag = Double.NaN;
    private volatile OptionalLong watermarkMs = OptionalLong.empty();

    LaneMetrics(MeterRegistry meters, int partition, RedisTime time) {
        this.meters = meters;
        this.time = time;
        String label = Integer.toString(partition);
        registered = List.of(
                Gauge.builder("rowcast.evictor.lag", this, shown -> shown.lag)
                        .description("records of rowcast.evictions that wait")
                        .tag("partition", label)
                        .register(meters),
                Gauge.builder("rowcast.evictor.watermark.age", this, LaneMetrics::age)
                        .description("how old what is cached may be")
                        .baseUnit("seconds")
                        .tag("partition", label)
                        .register(meters));
    }

    void look(Lane lane, OptionalLong end) {
        last = lane.place().or(() -> last);
        lag = end.isPresent() && last.isPresent()
                ? Math.max(0, end.getAsLong() - 1 - last.get().offset())
                : Double.NaN;
        watermarkMs = lane.appliedWatermarkMs();
    }

    /// Before the first watermark, the time since the partition was taken.
    private double age() {
        long nanos = System.nanoTime();
        OptionalLong now = time.latestMs(nanos);
        return watermarkMs.isPresent() && now.isPresent()
                ? Math.max(0, now.getAsLong() - watermarkMs.getAsLong()) / 1e3
                : (nanos - beganNanos) / 1e9;
    }

    @Override
    public void close() {
        registered.forEach(meters::remove);
    }
}
