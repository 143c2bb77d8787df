package dev.rowcast.streams.evictor;

import java.util.Optional;
import java.util.OptionalLong;

/// Redis' clock, as it must be by now.
final class RedisTime {

    private volatile Optional<Reading> last = Optional.empty();

    private record Reading(long redisMs, long nanos) {}

    void is(long redisMs) {
        last = Optional.of(new Reading(redisMs, System.nanoTime()));
    }

    /// Empty when it was never read.
    OptionalLong nowMs() {
        Optional<Reading> reading = last;
        return reading.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(reading.get().redisMs()
                        + (System.nanoTime() - reading.get().nanos()) / 1_000_000);
    }
}
