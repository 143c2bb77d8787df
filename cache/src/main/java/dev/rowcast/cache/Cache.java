package dev.rowcast.cache;

import dev.rowcast.cache.Flights.Flight;
import dev.rowcast.cache.local.LocalCache;
import dev.rowcast.cache.shared.Kept;
import dev.rowcast.cache.shared.Lookup;
import dev.rowcast.cache.shared.SharedCache;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Reads through: this process, then Redis, then the database. An answer has everything that was committed longer ago
/// than its reader allows; when the caches cannot promise that, or are not there, the database is asked.
///
/// Methods block: call them on a virtual thread. Safe for use by several threads.
public final class Cache {

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
        if (shared.isEmpty() || freshness.maxStale().isZero()) {
            return load(loader, CacheStatus.BYPASS, shared.isEmpty() ? "off" : "asked");
        }
        Optional<LocalCache.Hit> here = local.flatMap(cache -> cache.get(key, freshness.maxStale()));
        if (here.isPresent() && freshness.allows(here.get().snapshot())) {
            return new Cached(here.get().value(), here.get().snapshot(), CacheStatus.HIT_L1, "");
        }
        Flight mine = flights.begin();
        Optional<Flight> other = flights.join(key, mine, freshness.maxStale());
        // Many who find the same answer too old wait for one new reading together, and not for one each.
        for (int i = 0; i < TRIES && other.isPresent(); i++) {
            Optional<Cached> joined = flights.await(other.get()).filter(answer -> serves(answer, freshness));
            if (joined.isPresent()) {
                Cached answer = joined.get();
                return new Cached(answer.value(), answer.snapshot(), answer.status(), "collapsed");
            }
            mine = flights.begin();
            other = flights.join(key, mine, freshness.maxStale());
        }
        try {
            Cached answer = askShared(shared.get(), key, freshness, life, loader);
            mine.answer().complete(answer);
            return answer;
        } finally {
            flights.end(key, mine);
        }
    }

    /// What was read from the database meanwhile is young enough; what Redis had may be a little too old.
    private static boolean serves(Cached answer, Freshness freshness) {
        return !answer.status().isHit() && freshness.allows(answer.snapshot());
    }

    private <E extends Exception> Cached askShared(
            SharedCache cache, CacheKey key, Freshness freshness, Duration life, Loader<E> loader) throws E {
        return switch (lookup(cache, key, freshness)) {
            case Lookup.Hit hit
            when freshness.allows(hit.snapshot()) -> {
                keepHere(key, hit.value(), hit.snapshot(), hit.offset());
                yield new Cached(hit.value(), hit.snapshot(), CacheStatus.HIT_L2, "");
            }
            case Lookup.Hit tooOld -> load(loader, CacheStatus.BYPASS, "after");
            case Lookup.Fill lease -> fill(cache, key, lease, life, loader);
            case Lookup.Wait waited -> load(loader, CacheStatus.MISS, "waited");
            case Lookup.Bypass(Lookup.Reason reason) ->
                load(loader, CacheStatus.BYPASS, reason.name().toLowerCase(Locale.ROOT));
        };
    }

    private <E extends Exception> Cached fill(
            SharedCache cache, CacheKey key, Lookup.Fill lease, Duration life, Loader<E> loader) throws E {
        Loaded loaded = tally.timed(loader);
        Kept kept = cache.fill(key, lease, loaded.value(), loaded.snapshot(), varied(life));
        tally.count(kept);
        return switch (kept) {
            case Kept.Yes(long offset) -> {
                keepHere(key, loaded.value(), loaded.snapshot(), offset);
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

    private void keepHere(CacheKey key, byte[] value, Snapshot snapshot, long offset) {
        local.ifPresent(cache -> cache.put(key, new LocalCache.Hit(value, snapshot), offset));
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
