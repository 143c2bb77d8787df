package dev.rowcast.ingest.slot;

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

/// Rewrites the row of `rowcast.heartbeat` at a steady pace. The row comes back through the log, which tells
/// everybody behind it that silence is silence and not a broken pipe, and lets the slot move while nobody else
/// writes.
public final class Heartbeat implements AutoCloseable {

    private static final int WRITER = 1;
    private static final String SQL = """
            insert into rowcast.heartbeat (id, beat_at, redis_ms) values (?, clock_timestamp(), ?)
            on conflict (id) do update set beat_at = excluded.beat_at, redis_ms = excluded.redis_ms""";

    private final Connection connection;
    private final Supplier<OptionalLong> cacheClock;
    private final Check afterBeat;
    private final Consumer<SQLException> onFailure;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("rowcast-heartbeat").factory());
    private @Nullable ScheduledFuture<?> beating;

    /// Something else to ask the database at the same pace.
    public interface Check {
        void run() throws SQLException;
    }

    /// @param connection used by this heartbeat only, until it is closed
    /// @param cacheClock the cache server's clock in ms, read just before each beat; empty without a cache
    /// @param afterBeat runs after each beat of [#start], on the same connection and thread
    /// @param onFailure told once, from the heartbeat's thread; no beat follows
    public Heartbeat(
            Connection connection,
            Supplier<OptionalLong> cacheClock,
            Check afterBeat,
            Consumer<SQLException> onFailure) {
        this.connection = connection;
        this.cacheClock = cacheClock;
        this.afterBeat = afterBeat;
        this.onFailure = onFailure;
    }

    /// Writes the row once, in the caller's thread.
    public void beat() throws SQLException {
        OptionalLong cacheMs = cacheClock.get();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setInt(1, WRITER);
            statement.setObject(2, cacheMs.isPresent() ? (Long) cacheMs.getAsLong() : null, java.sql.Types.BIGINT);
            statement.executeUpdate();
        }
    }

    /// Begins the steady beat.
    public void start(Duration every) {
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
            beat();
            afterBeat.run();
        } catch (SQLException e) {
            if (beating != null) {
                beating.cancel(false);
            }
            onFailure.accept(e);
        }
    }
}
