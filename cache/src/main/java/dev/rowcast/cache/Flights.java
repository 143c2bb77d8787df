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

/// Who is reading what, so that others can wait for the answer instead of reading the same. Who wants what a reading
/// under way began too early for waits until it is over, and shares the next one with all who did the same: so in
/// a storm of such readers one reads at a time.
final class Flights {

    /// Longer than a reading of the database is allowed to take, so it is only met when something is wrong.
    private static final Duration LONGEST = Duration.ofSeconds(10);
    /// For a reading whose answer is of no use; whoever waited as long reads beside it.
    private static final Duration LONGEST_IN_VAIN = Duration.ofMillis(200);

    /// @param asOfNanos everything that was committed until then is in it
    record Landed(Cached cached, long asOfNanos) {}

    /// A reading under way, of which the answer has at least what was committed until it began.
    record Flight(CompletableFuture<Landed> answer, long beganNanos) {}

    private final ConcurrentMap<CacheKey, Flight> flights = new ConcurrentHashMap<>();
    private final LongSupplier nanos;

    Flights(LongSupplier nanos) {
        this.nanos = nanos;
    }

    long nowNanos() {
        return nanos.getAsLong();
    }

    Flight begin() {
        return new Flight(new CompletableFuture<>(), nanos.getAsLong());
    }

    /// The reading of others that is under way; empty when the caller's is from now on.
    Optional<Flight> join(CacheKey key, Flight mine) {
        return Optional.ofNullable(flights.putIfAbsent(key, mine));
    }

    /// As [#join], beside one that takes too long; whoever comes now joins the caller's.
    ///
    /// @return whether the caller's is the one under way from now on
    boolean overtake(CacheKey key, Flight other, Flight mine) {
        return flights.replace(key, other, mine);
    }

    /// The answer; empty when it did not come, for whatever reason.
    ///
    /// @param enough everything that was committed until then must be in it
    Optional<Landed> await(Flight flight, long enough) {
        Duration longest = flight.beganNanos() - enough >= 0 ? LONGEST : LONGEST_IN_VAIN;
        try {
            return Optional.of(flight.answer().get(longest.toMillis(), TimeUnit.MILLISECONDS));
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
