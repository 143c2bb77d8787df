package dev.rowcast.cache.local;

/// The latest that Redis' clock can be, without asking it each time: its last answer, and what has passed since it was
/// asked. Safe for use by several threads.
final class RedisTime {

    private static final long NANOS_PER_MS = 1_000_000;

    /// @param askedNanos just before Redis was asked
    private record Sample(long clockMs, long askedNanos) {}

    private volatile Sample sample = new Sample(Long.MAX_VALUE / 2, 0);

    /// @param askedNanos [System#nanoTime()] just before Redis was asked
    void set(long clockMs, long askedNanos) {
        sample = new Sample(clockMs, askedNanos);
    }

    /// Never earlier than Redis' own clock, unless that was set forward since it was asked; far in the future before it
    /// was asked at all.
    long latestMs(long nowNanos) {
        Sample last = sample;
        return last.clockMs() + Math.max(0, nowNanos - last.askedNanos()) / NANOS_PER_MS + 1;
    }
}
