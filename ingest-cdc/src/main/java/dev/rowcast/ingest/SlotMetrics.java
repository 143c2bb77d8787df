package dev.rowcast.ingest;

import dev.rowcast.ingest.slot.SlotReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/// The slot as operators see it. Names are API. What is not known is not a number.
final class SlotMetrics {

    private static final List<String> STATUSES = List.of("reserved", "extended", "unreserved", "lost");
    private static final double MS_PER_SECOND = 1000.0;

    private volatile Optional<SlotReport> report = Optional.empty();

    SlotMetrics(MeterRegistry registry, Tags tags, InstantSource clock) {
        gauge(registry, tags, "retained", "bytes", slot -> slot.state().retainedBytes());
        gauge(registry, tags, "lag", "bytes", slot -> slot.state().lagBytes());
        gauge(registry, tags, "limit", "bytes", slot -> known(slot.state().limitBytes()));
        gauge(registry, tags, "safe", "bytes", slot -> known(slot.state().safeBytes()));
        gauge(
                registry,
                tags,
                "time.left",
                "seconds",
                slot -> slot.timeLeft().map(SlotMetrics::seconds).orElse(Double.NaN));
        gauge(
                registry,
                tags,
                "confirmed.age",
                "seconds",
                slot -> seconds(Duration.between(slot.confirmedAt(), clock.instant())));
        for (String status : STATUSES) {
            Gauge.builder(
                            "rowcast.ingest.slot.status",
                            () -> value(slot -> slot.state().status().equals(status) ? 1 : 0))
                    .tags(tags.and("status", status))
                    .register(registry);
        }
    }

    /// @param now empty when this instance has no business with the slot
    void update(Optional<SlotReport> now) {
        report = now;
    }

    Optional<SlotReport> report() {
        return report;
    }

    private void gauge(
            MeterRegistry registry, Tags tags, String name, String unit, ToDoubleFunction<SlotReport> value) {
        Gauge.builder("rowcast.ingest.slot." + name, () -> value(value))
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    private double value(ToDoubleFunction<SlotReport> of) {
        return report.map(of::applyAsDouble).orElse(Double.NaN);
    }

    private static double known(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : Double.NaN;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MS_PER_SECOND;
    }
}
