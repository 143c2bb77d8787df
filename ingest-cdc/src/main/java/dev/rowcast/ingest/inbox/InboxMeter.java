package dev.rowcast.ingest.inbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What operators see of the inbox, over all runs. Names are API. What is not known is not a number: an instance that
/// does not read the inbox does not say that it is empty.
public final class InboxMeter {

    private static final Duration KNOWN_FOR = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final Counter appended;
    private final Counter repeated;
    private final Counter refused;
    private final Counter losses;
    private volatile @Nullable Measured measured;
    private volatile @Nullable Instant oldest;

    private record Measured(long waiting, Instant at) {}

    public InboxMeter(MeterRegistry registry, String source, InstantSource clock) {
        this.clock = clock;
        Tags tags = Tags.of("source", source);
        this.appended = events(registry, tags, "appended");
        this.repeated = events(registry, tags, "repeated");
        this.refused = events(registry, tags, "dead letter");
        this.losses = Counter.builder("rowcast.ingest.inbox.losses")
                .description("positions of the inbox that could not be kept")
                .tags(tags)
                .register(registry);
        Gauge.builder("rowcast.ingest.inbox.lag", this::lag)
                .description("events that wait")
                .tags(tags)
                .register(registry);
        Gauge.builder("rowcast.ingest.inbox.age", this::ageSeconds)
                .description("for how long the oldest event waits")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
    }

    private static Counter events(MeterRegistry registry, Tags tags, String outcome) {
        return Counter.builder("rowcast.ingest.inbox.events")
                .tags(tags.and("outcome", outcome))
                .register(registry);
    }

    void waiting(long events) {
        measured = new Measured(events, clock.instant());
    }

    /// @param publishedAt of the oldest event that waits; null when none does
    void oldest(@Nullable Instant publishedAt) {
        oldest = publishedAt;
    }

    void published(int events, int repetitions, int deadLetters) {
        appended.increment(events);
        repeated.increment(repetitions);
        refused.increment(deadLetters);
    }

    void lost() {
        losses.increment();
    }

    /// Nobody reads any more.
    void unknown() {
        measured = null;
        oldest = null;
    }

    private double lag() {
        return known().map(latest -> (double) latest.waiting()).orElse(Double.NaN);
    }

    private double ageSeconds() {
        Instant since = oldest;
        if (since != null) {
            return Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
        }
        return known().isPresent() ? 0 : Double.NaN;
    }

    private Optional<Measured> known() {
        return Optional.ofNullable(measured)
                .filter(latest -> latest.at().plus(KNOWN_FOR).isAfter(clock.instant()));
    }
}
