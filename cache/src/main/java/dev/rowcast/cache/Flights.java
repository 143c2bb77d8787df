package dev.rowcast.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// Who is reading what, so that others can wait for the answer instead of reading the same. Nobody joins a reading that
/// began longer ago than what he wants may be old.
final class Flights {

    /// Longer than a reading of the database is allowed to take, so it is only met when something is wrong.
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /// A reading under way.
    record Flight(CompletableFuture<Cached> answer, long beganNanos) {}

    private final ConcurrentMap<CacheKey, Flight> flights = new ConcurrentHashMap<>();
    private final LongSupplier nanos;

    Flights(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// The reading to wait for; empty when the caller begins one itself, which others may join.
    ///
    /// @param mine the caller's, not used when there is another
    Optional<Flight> join(CacheKey key, Flight mine, Duration maxStale) {
        Flight other = flights.putIfAbsent(key, mine);
        return other != null && mine.beganNanos() - other.beganNanos() <= maxStale.toNanos()
                ? Optional.of(other)
                : Optional.empty();
    }

    Flight begin() {
        return new Flight(new CompletableFuture<>(), nanos.getAsLong());
    }

    /// The answer; empty when it did not come, for whatever reason.
    Optional<Cached> await(Flight flight) {
        try {
            return Optional.of(flight.answer().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (CancellationException | ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    void end(CacheKey key, Flight flight) {
        flights.remove(key, flight);
        flight.answer().cancel(false); // has no effect on one that was answered
    }
}
