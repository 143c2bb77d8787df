package dev.rowcast.cache.redis;

import java.util.Optional;
import java.util.OptionalLong;

/// The latest that Redis' clock can be, without asking it each time: its last answer, and what has passed since it was
/// asked. Safe for use by several threads.
public final class RedisTime {

    private static final long NANOS_PER_MS = 1_000_000;

    /// @param askedNanos just before Redis was asked
    private record Sample(long clockMs, long askedNanos) {}

    private volatile Optional<Sample> sample = Optional.empty();

    /// @param askedNanos [System#nanoTime()] just before Redis was asked
    public void set(long clockMs, long askedNanos) {
        sample = Optional.of(new Sample(clockMs, askedNanos));
    }

    /// Never earlier than Redis' own clock, unless that was set forward since it was asked; empty before it was asked
    /// at all.
    public OptionalLong latestMs(long nowNanos) {
        Optional<Sample> last = sample;
        return last.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        last.get().clockMs() + Math.max(0, nowNanos - last.get().askedNanos()) / NANOS_PER_MS + 1);
    }
}
