package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.catalog.Canary;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Rewrites its row of `rowcast.heartbeat` at a steady pace, and that of [Canary] now and then. The row comes back
/// through the log, which tells
/// everybody behind it that silence is silence and not a broken pipe, and lets the slot move while nobody else
/// writes.
public final class Heartbeat implements AutoCloseable {

    private static final int WRITER = 1;
    private static final String SQL = """
            insert into rowcast.heartbeat (id, beat_at, redis_ms) values (?, clock_timestamp(), ?)
            on conflict (id) do update set beat_at = excluded.beat_at, redis_ms = excluded.redis_ms""";
    private static final String CANARY = """
            insert into rowcast.heartbeat as canary (id, beat_at, redis_ms) values (?, clock_timestamp(), 1)
            on conflict (id) do update set beat_at = excluded.beat_at, redis_ms = coalesce(canary.redis_ms, 0) + 1""";
    /// Several times as long as caches may be behind, so that one that is stale is seen to be.
    private static final Duration CANARY_EACH = Duration.ofSeconds(10);

    private final Connection connection;
    private final Supplier<OptionalLong> cacheClock;
    private final Check beforeTime;
    private final Check afterBeat;
    private final Consumer<SQLException> onFailure;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("rowcast-heartbeat").factory());
    private @Nullable ScheduledFuture<?> beating;
    private long beatsOfCanary = 1;
    private long beats;

    /// Something else to ask the database at the same pace.
    public interface Check {
        void run() throws SQLException;
    }

    /// @param connection used by this heartbeat only, until it is closed
    /// @param cacheClock the cache server's clock in ms, read just before each beat; empty without a cache
    /// @param beforeTime runs when that clock was read and before it is told, on the same connection and thread
    /// @param afterBeat runs after each beat of [#start], on the same connection and thread
    /// @param onFailure told once, from the heartbeat's thread; no beat follows
    public Heartbeat(
            Connection connection,
            Supplier<OptionalLong> cacheClock,
            Check beforeTime,
            Check afterBeat,
            Consumer<SQLException> onFailure) {
        this.connection = connection;
        this.cacheClock = cacheClock;
        this.beforeTime = beforeTime;
        this.afterBeat = afterBeat;
        this.onFailure = onFailure;
    }

    /// Writes the row once, in the caller's thread.
    public void beat() throws SQLException {
        write();
    }

    /// @return whether there is a cache, as far as is known
    private boolean write() throws SQLException {
        OptionalLong cacheMs = cacheClock.get();
        if (cacheMs.isPresent()) {
            beforeTime.run();
        }
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setInt(1, WRITER);
            statement.setObject(2, cacheMs.isPresent() ? (Long) cacheMs.getAsLong() : null, java.sql.Types.BIGINT);
            statement.executeUpdate();
        }
        return cacheMs.isPresent();
    }

    /// In a transaction of its own, as rows of applications are.
    private void canary() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CANARY)) {
            statement.setInt(1, Canary.ID);
            statement.executeUpdate();
        }
    }

    /// Begins the steady beat.
    public void start(Duration every) {
        beatsOfCanary = Math.max(1, CANARY_EACH.dividedBy(every));
        beating = thread.scheduleAtFixedRate(this::beatOrReport, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Beats once more, without waiting for the next beat's time; from any thread.
    public void soon() {
        try {
            thread.execute(this::beatOrReport);
        } catch (RejectedExecutionException e) {
            // It is closed: no beat follows.
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void beatOrReport() {
        try {
            if (write() && beats++ % beatsOfCanary == 0) {
                canary();
            }
            afterBeat.run();
        } catch (SQLException e) {
            if (beating != null) {
                beating.cancel(false);
            }
            onFailure.accept(e);
        }
    }
}
