package dev.rowcast.gateway.canary;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.CacheStatus;
import dev.rowcast.cache.Cached;
import dev.rowcast.cache.Freshness;
import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Loader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the row of [dev.rowcast.schemas.catalog.Canary] four times a second as any cached row is read, and once a
/// second from the database, and counts the answers that lack what the database had the bound before: there must be
/// none. Capture rewrites the row every ten seconds, and everything between has to do with it what it does with others.
///
/// Where the database refuses the row it is off, and says so once.
public final class Canary implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Canary.class);
    private static final Duration PAUSE = Duration.ofMillis(250);
    /// The cache's, and something for clocks that tell milliseconds.
    private static final Duration BOUND = Freshness.DEFAULT.maxStale().plusMillis(10);
    private static final int LOOK_EACH = 4;
    private static final Duration PAUSE_WHILE_OFF = Duration.ofMinutes(1);
    /// Classes of PostgreSQL's error codes: no privilege, no such table or schema.
    private static final String REFUSED = "42";
    private static final CacheKey KEY =
            new CacheKey(dev.rowcast.schemas.catalog.Canary.TENANT, dev.rowcast.schemas.catalog.Canary.TAG, "version");

    private final Loader<SQLException> database;
    private final Way cached;
    private final LongSupplier nanos;
    private final Sightings sightings = new Sightings(BOUND);
    private final Map<CacheStatus, Counter> reads = new EnumMap<>(CacheStatus.class);
    private final Counter stale;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile State state = State.STARTING;
    private long reported;

    /// Whether it watches.
    public enum State {
        STARTING,
        WATCHING,
        /// Nobody writes the row: capture has no Redis, or is of an older version.
        NOT_WRITTEN,
        /// The role may not read it.
        OFF
    }

    /// How it reads the row through the cache.
    interface Way {
        Cached read(Loader<SQLException> loader) throws SQLException;
    }

    /// @param database reads the row, as text how often it was written
    public static Canary of(Cache cache, Loader<SQLException> database, MeterRegistry meters) {
        return new Canary(loader -> cache.get(KEY, Freshness.DEFAULT, loader), database, System::nanoTime, meters);
    }

    Canary(Way cached, Loader<SQLException> database, LongSupplier nanos, MeterRegistry meters) {
        this.cached = cached;
        this.database = database;
        this.nanos = nanos;
        for (CacheStatus status : CacheStatus.values()) {
            reads.put(
                    status,
                    Counter.builder("rowcast.cache.canary.reads")
                            .description("Answers that the canary got through the cache, by where they came from")
                            .tag("status", status.text())
                            .register(meters));
        }
        this.stale = Counter.builder("rowcast.cache.canary.stale")
                .description("Answers that the canary got and that were older than they may be")
                .register(meters);
        this.thread = Thread.ofVirtual().name("rowcast-canary").unstarted(this::run);
    }

    /// Begins, in a thread of its own.
    public void start() {
        thread.start();
    }

    public State state() {
        return state;
    }

    /// Answers that were too old since the start; must be 0.
    public long stale() {
        return (long) stale.count();
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join(Duration.ofSeconds(5));
    }

    private void run() {
        try {
            for (long turn = 0; !closing.await(pause().toMillis(), TimeUnit.MILLISECONDS); turn++) {
                turn(turn % LOOK_EACH == 0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration pause() {
        return state == State.OFF ? PAUSE_WHILE_OFF : PAUSE;
    }

    /// @param looks whether it is time to look at the database too
    void turn(boolean looks) {
        try {
            if (looks || state == State.OFF) {
                look();
            }
            if (state == State.WATCHING) {
                read();
            }
        } catch (SQLException e) {
            failed(e);
        }
    }

    /// Looks at the database itself.
    void look() throws SQLException {
        long version = version(database.load());
        sightings.saw(version, nanos.getAsLong());
        state = version == 0 ? State.NOT_WRITTEN : State.WATCHING;
    }

    /// Asks the cache, and holds its answer against what the database was seen to have.
    void read() throws SQLException {
        long due = sightings.due(nanos.getAsLong());
        Cached answer = cached.read(database);
        Counter counter = reads.get(answer.status());
        if (counter != null) {
            counter.increment();
        }
        long version = Long.parseLong(new String(answer.value(), StandardCharsets.US_ASCII));
        if (version < due) {
            stale.increment();
            report(answer, version, due);
        }
    }

    /// Once for each version that is missed.
    private void report(Cached answer, long version, long due) {
        if (reported != due) {
            reported = due;
            log.atError()
                    .addKeyValue("status", answer.status().text())
                    .addKeyValue("version", version)
                    .addKeyValue("due", due)
                    .log("Cached answer older than it may be");
        }
    }

    private void failed(SQLException e) {
        boolean refused = e.getSQLState() != null && e.getSQLState().startsWith(REFUSED);
        if (refused && state != State.OFF) {
            state = State.OFF;
            log.atWarn()
                    .addKeyValue("cause", e.getMessage())
                    .addKeyValue("fix", "grant usage on schema rowcast and select on rowcast.heartbeat to the role")
                    .log("Canary of the cache off");
        }
    }

    private static long version(Loaded loaded) {
        return Long.parseLong(new String(loaded.value(), StandardCharsets.US_ASCII));
    }
}
