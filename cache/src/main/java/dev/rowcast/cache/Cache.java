package dev.rowcast.cache;

import dev.rowcast.cache.Flights.Flight;
import dev.rowcast.cache.Flights.Landed;
import dev.rowcast.cache.local.LocalCache;
import dev.rowcast.cache.shared.Kept;
import dev.rowcast.cache.shared.Lookup;
import dev.rowcast.cache.shared.SharedCache;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Reads through: this process, then Redis, then the database. An answer has everything that was committed longer ago
/// than its reader allows; when the caches cannot promise that, or are not there, the database is asked.
///
/// Methods block: call them on a virtual thread. Safe for use by several threads.
public final class Cache {

    /// The detail of an answer when there is no Redis.
    public static final String OFF = "off";

    private static final int TRIES = 3;

    private final Optional<SharedCache> shared;
    private final Optional<LocalCache> local;
    private final CacheConfig config;
    private final Flights flights = new Flights(System::nanoTime);
    private final Tally tally;

    /// @param shared empty without Redis: then everything is read from the database
    /// @param local empty to keep nothing in the process
    public Cache(Optional<SharedCache> shared, Optional<LocalCache> local, CacheConfig config, MeterRegistry meters) {
        this.shared = shared;
        this.local = local;
        this.config = config;
        this.tally = new Tally(meters);
    }

    /// Whether nothing is kept, because there is no Redis.
    public boolean isOff() {
        return shared.isEmpty();
    }

    /// As [#get(CacheKey, Freshness, Duration, Loader)], with the life of the configuration.
    public <E extends Exception> Cached get(CacheKey key, Freshness freshness, Loader<E> loader) throws E {
        return get(key, freshness, config.life(), loader);
    }

    /// @param life of what is kept, give or take the configured part
    /// @throws E when the database was needed and did not answer
    public <E extends Exception> Cached get(CacheKey key, Freshness freshness, Duration life, Loader<E> loader)
            throws E {
        Cached answer = find(key, freshness, life, loader);
        tally.count(answer);
        return answer;
    }

    private <E extends Exception> Cached find(CacheKey key, Freshness freshness, Duration life, Loader<E> loader)
            throws E {
        if (trusted(freshness).isPresent()) {
            Optional<LocalCache.Hit> here = local.flatMap(cache -> cache.get(key, freshness.maxStale()));
            if (here.isPresent() && freshness.allows(here.get().snapshot())) {
                return new Cached(here.get().value(), here.get().snapshot(), CacheStatus.HIT_L1, "");
            }
        }
        long enough = flights.nowNanos() - freshness.maxStale().toNanos();
        for (int i = 0; i < TRIES; i++) {
            Flight mine = flights.begin();
            Optional<Flight> other = flights.join(key, mine);
            if (other.isEmpty()) {
                return lead(mine, key, freshness, life, loader);
            }
            Optional<Landed> landed = flights.await(other.get(), enough);
            Optional<Cached> joined = landed.filter(answer -> answer.asOfNanos() - enough >= 0)
                    .map(Landed::cached)
                    .filter(answer -> freshness.allows(answer.snapshot()));
            if (joined.isPresent()) {
                Cached answer = joined.get();
                return new Cached(answer.value(), answer.snapshot(), answer.status(), "collapsed");
            }
            Flight next = flights.begin();
            if (flights.overtake(key, other.get(), next)) {
                return lead(next, key, freshness, life, loader);
            }
        }
        return read(key, freshness, life, loader, flights.nowNanos()).cached();
    }

    /// Reads, for those who wait for it as well.
    private <E extends Exception> Cached lead(
            Flight mine, CacheKey key, Freshness freshness, Duration life, Loader<E> loader) throws E {
        try {
            Landed answer = read(key, freshness, life, loader, mine.beganNanos());
            mine.answer().complete(answer);
            return answer.cached();
        } finally {
            flights.end(key, mine);
        }
    }

    /// @param began before anything was asked
    private <E extends Exception> Landed read(
            CacheKey key, Freshness freshness, Duration life, Loader<E> loader, long began) throws E {
        Optional<SharedCache> trusted = trusted(freshness);
        return trusted.isPresent()
                ? askShared(trusted.get(), key, freshness, life, loader, began)
                : new Landed(load(loader, CacheStatus.BYPASS, isOff() ? OFF : "asked"), began);
    }

    /// Nothing is, when there is none or the reader wants nothing from caches.
    private Optional<SharedCache> trusted(Freshness freshness) {
        return freshness.maxStale().isZero() ? Optional.empty() : shared;
    }

    private <E extends Exception> Landed askShared(
            SharedCache cache, CacheKey key, Freshness freshness, Duration life, Loader<E> loader, long began)
            throws E {
        return switch (lookup(cache, key, freshness)) {
            case Lookup.Hit hit
            when freshness.allows(hit.snapshot()) -> {
                keepHere(key, hit.value(), hit.snapshot(), hit.offset(), Duration.ofMillis(hit.restMs()));
                yield new Landed(
                        new Cached(hit.value(), hit.snapshot(), CacheStatus.HIT_L2, ""),
                        // Redis looked at its clock later than that, and leaves out parts of a millisecond.
                        began - TimeUnit.MILLISECONDS.toNanos(hit.nowMs() - hit.watermarkMs() + 1));
            }
            case Lookup.Hit tooOld -> new Landed(load(loader, CacheStatus.BYPASS, "after"), began);
            case Lookup.Fill lease -> new Landed(fill(cache, key, lease, life, loader), began);
            case Lookup.Wait waited -> new Landed(load(loader, CacheStatus.MISS, "waited"), began);
            case Lookup.Bypass(Lookup.Reason reason) ->
                new Landed(load(loader, CacheStatus.BYPASS, reason.name().toLowerCase(Locale.ROOT)), began);
        };
    }

    private <E extends Exception> Cached fill(
            SharedCache cache, CacheKey key, Lookup.Fill lease, Duration life, Loader<E> loader) throws E {
        Loaded loaded = brought(cache, key, lease, loader);
        Duration mine = varied(life);
        Kept kept = cache.fill(key, lease, loaded.value(), loaded.snapshot(), mine);
        tally.count(kept);
        return switch (kept) {
            case Kept.Yes(long offset) -> {
                keepHere(key, loaded.value(), loaded.snapshot(), offset, mine);
                yield new Cached(loaded.value(), loaded.snapshot(), CacheStatus.MISS, "stored");
            }
            case Kept.No(Kept.Reason reason) ->
                new Cached(
                        loaded.value(),
                        loaded.snapshot(),
                        CacheStatus.MISS,
                        reason.name().toLowerCase(Locale.ROOT));
        };
    }

    private <E extends Exception> Loaded brought(SharedCache cache, CacheKey key, Lookup.Fill lease, Loader<E> loader)
            throws E {
        boolean brought = false;
        try {
            Loaded loaded = tally.timed(loader);
            brought = true;
            return loaded;
        } finally {
            if (!brought) {
                cache.release(key, lease);
            }
        }
    }

    /// Waits a little for who brings the value already.
    private Lookup lookup(SharedCache cache, CacheKey key, Freshness freshness) {
        Lookup lookup = cache.read(key, freshness.maxStale());
        long looks = config.waitFor().dividedBy(config.poll());
        for (long i = 0; i < looks && lookup instanceof Lookup.Wait; i++) {
            try {
                Thread.sleep(config.poll());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return lookup;
            }
            lookup = cache.read(key, freshness.maxStale());
        }
        return lookup;
    }

    private void keepHere(CacheKey key, byte[] value, Snapshot snapshot, long offset, Duration rest) {
        local.ifPresent(cache -> cache.put(key, new LocalCache.Hit(value, snapshot), offset, rest));
    }

    private <E extends Exception> Cached load(Loader<E> loader, CacheStatus status, String detail) throws E {
        Loaded loaded = tally.timed(loader);
        return new Cached(loaded.value(), loaded.snapshot(), status, detail);
    }

    private Duration varied(Duration life) {
        double factor = 1 + config.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return Duration.ofMillis(Math.max(1, (long) (life.toMillis() * factor)));
    }
}
