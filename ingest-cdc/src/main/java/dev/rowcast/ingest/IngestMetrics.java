package dev.rowcast.ingest;

import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.quarantine.QuarantineCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What operators see. Names are API.
final class IngestMetrics {

    private static final List<String> STATES =
            List.of("starting", "waiting", "snapshotting", "streaming", "restarting", "down", "stopped");

    private final MeterRegistry registry;
    private final Tags tags;
    private final Timer delay;
    private final Counter rows;
    private final Counter restarts;
    private final InstantSource clock;
    private volatile Instant published;
    private final SlotMetrics slot;

    IngestMetrics(
            MeterRegistry registry,
            String source,
            Supplier<IngestState> state,
            SnapshotBoard snapshots,
            Quarantine quarantine,
            InstantSource clock) {
        this.registry = registry;
        this.tags = Tags.of("source", source);
        this.clock = clock;
        this.published = clock.instant();
        this.delay = Timer.builder("rowcast.ingest.capture")
                .description("from the commit in the database to the commit in Kafka")
                .tags(tags)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(registry);
        this.rows = Counter.builder("rowcast.ingest.rows").tags(tags).register(registry);
        this.restarts = Counter.builder("rowcast.ingest.restarts").tags(tags).register(registry);
        this.slot = new SlotMetrics(registry, tags, clock);
        gauge("rowcast.ingest.publish.age", "seconds", () -> ageSeconds());
        gauge(
                "rowcast.ingest.quarantined.tables",
                "tables",
                () -> quarantine.tables().size());
        gauge("rowcast.ingest.snapshot", "rows", snapshots::firstRows);
        gauge("rowcast.ingest.snapshot.estimated", "rows", snapshots::firstExpected);
        gauge("rowcast.ingest.backfill", "rows", snapshots::backfillRows);
        gauge("rowcast.ingest.backfill.estimated", "rows", snapshots::backfillExpected);
        gauge("rowcast.ingest.backfills.open", "backfills", snapshots::openBackfills);
        for (QuarantineCode code : QuarantineCode.values()) {
            Gauge.builder(
                            "rowcast.ingest.quarantined",
                            () -> quarantine.tables().stream()
                                    .filter(table -> table.code() == code)
                                    .count())
                    .baseUnit("tables")
                    .tags(tags.and("code", code.name()))
                    .register(registry);
        }
        for (String each : STATES) {
            Gauge.builder("rowcast.ingest.state", () -> state.get().label().equals(each) ? 1 : 0)
                    .tags(tags.and("state", each))
                    .register(registry);
        }
    }

    private void gauge(String name, String unit, Supplier<Number> value) {
        Gauge.builder(name, value).baseUnit(unit).tags(tags).register(registry);
    }

    void published(int count) {
        rows.increment(count);
        published = clock.instant();
    }

    /// One measurement a transaction and batch, not a row: rows that commit together arrive together.
    void captured(long delayUs) {
        delay.record(Math.max(0, delayUs), TimeUnit.MICROSECONDS);
    }

    void deadLetter(String table, String code) {
        registry.counter("rowcast.ingest.dead.letters", tags.and("table", table, "code", code))
                .increment();
    }

    void restarted() {
        restarts.increment();
    }

    SlotMetrics slot() {
        return slot;
    }

    private double ageSeconds() {
        return Duration.between(published, clock.instant()).toMillis() / 1000.0;
    }
}
