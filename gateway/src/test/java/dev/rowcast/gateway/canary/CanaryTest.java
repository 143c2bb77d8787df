package dev.rowcast.gateway.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.CacheStatus;
import dev.rowcast.cache.Cached;
import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Loader;
import dev.rowcast.cache.Snapshot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CanaryTest {

    private static final Duration BOUND = Duration.ofMillis(2_010);

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong written = new AtomicLong(1);
    private Optional<Loaded> kept = Optional.empty();

    private Loaded load() {
        byte[] value = Long.toString(written.get()).getBytes(StandardCharsets.US_ASCII);
        return new Loaded(value, Snapshot.parse("1:1:"));
    }

    /// A cache that keeps what came first for ever, unless a test forgets it.
    private Cached keeping(Loader<SQLException> loader) throws SQLException {
        CacheStatus status = kept.isPresent() ? CacheStatus.HIT_L2 : CacheStatus.MISS;
        if (kept.isEmpty()) {
            kept = Optional.of(loader.load());
        }
        return new Cached(kept.get().value(), kept.get().snapshot(), status, "");
    }

    private void after(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private double stale() {
        return meters.counter("rowcast.cache.canary.stale").count();
    }

    @Test
    @DisplayName("A cache that evicts nothing is seen to be stale as soon as the bound is over, and not before")
    void aCacheThatEvictsNothingIsSeen() throws SQLException {
        Canary canary = new Canary(this::keeping, this::load, nanos::get, meters);
        canary.look();
        canary.read();
        after(BOUND.multipliedBy(3));
        canary.read();
        assertThat(stale()).as("nothing has changed").isZero();

        written.incrementAndGet();
        canary.look();
        after(BOUND);
        canary.read();
        assertThat(stale()).as("it may be that old").isZero();

        after(Duration.ofNanos(1));
        canary.read();
        canary.read();
        assertThat(stale()).isEqualTo(2);
        assertThat(canary.stale()).isEqualTo(2);
        assertThat(meters.counter("rowcast.cache.canary.reads", "status", "HIT-L2")
                        .count())
                .isEqualTo(4);

        kept = Optional.empty();
        canary.read();
        assertThat(stale()).as("it was evicted").isEqualTo(2);
    }

    @Test
    @DisplayName("An answer that is newer than what the database was seen to have is not stale")
    void anAnswerMayBeNewer() throws SQLException {
        Canary canary = new Canary(this::keeping, this::load, nanos::get, meters);
        canary.look();
        written.set(7);
        canary.read();
        after(BOUND.multipliedBy(2));
        canary.look();
        after(BOUND.multipliedBy(2));
        canary.read();

        assertThat(stale()).isZero();
    }

    @Test
    @DisplayName("A database that was put back to an older state makes no answer stale")
    void anOlderDatabaseIsNotStale() throws SQLException {
        Canary canary = new Canary(this::keeping, this::load, nanos::get, meters);
        written.set(9);
        canary.look();
        after(BOUND.multipliedBy(2));
        written.set(4);
        canary.look();
        canary.read();
        after(BOUND.multipliedBy(2));
        canary.read();

        assertThat(stale()).isZero();
        assertThat(canary.state()).isEqualTo(Canary.State.WATCHING);
    }

    @Test
    @DisplayName("A role that may not read the row switches the canary off, and a row that is not written is told")
    void withoutTheRowItIsOff() throws SQLException {
        written.set(0);
        Canary unwritten = new Canary(this::keeping, this::load, nanos::get, meters);
        unwritten.look();
        assertThat(unwritten.state()).isEqualTo(Canary.State.NOT_WRITTEN);

        Canary refused = new Canary(
                this::keeping,
                () -> {
                    throw new SQLException("permission denied for table heartbeat", "42501");
                },
                nanos::get,
                meters);
        refused.turn(true);
        assertThat(refused.state()).isEqualTo(Canary.State.OFF);
    }
}
