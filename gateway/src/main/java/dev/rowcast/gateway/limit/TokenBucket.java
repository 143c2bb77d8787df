package dev.rowcast.gateway.limit;

import java.time.Duration;
import java.util.function.LongSupplier;

/// So much in each second, and as much at once as one second brings. What is larger than that is let in when the bucket
/// is full and leaves it in debt, so it is never refused for ever.
///
/// Safe for use by several threads.
public final class TokenBucket {

    private static final double NANOS_PER_SECOND = 1e9;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private double tokens;
    private long countedNanos;

    /// What became of a request.
    ///
    /// @param remaining how many more would be let in now, at least 0
    /// @param retryAfter how long the same request has to wait; zero when it was let in
    /// @param full how long until the bucket is full, if nothing more is taken
    public record Answer(boolean granted, int remaining, Duration retryAfter, Duration full) {}

    /// @param perSecond at least 1
    /// @param nanoTime as [System#nanoTime()]
    public TokenBucket(int perSecond, LongSupplier nanoTime) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("perSecond must be at least 1, is " + perSecond);
        }
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.tokens = perSecond;
        this.countedNanos = nanoTime.getAsLong();
    }

    /// Takes this many, or none.
    ///
    /// @param wanted 0 only looks
    public synchronized Answer take(int wanted) {
        fill();
        double needed = Math.min(wanted, perSecond);
        boolean granted = tokens >= needed;
        double missing = granted ? 0 : needed - tokens;
        if (granted) {
            tokens -= wanted;
        }
        return new Answer(granted, (int) Math.max(0, tokens), time(missing), time(perSecond - tokens));
    }

    /// Whether it is as if nobody had ever taken any.
    public synchronized boolean isFull() {
        fill();
        return tokens >= perSecond;
    }

    private Duration time(double count) {
        return Duration.ofNanos((long) Math.ceil(count / perSecond * NANOS_PER_SECOND));
    }

    private void fill() {
        long now = nanoTime.getAsLong();
        tokens = Math.min(perSecond, tokens + (now - countedNanos) * (perSecond / NANOS_PER_SECOND));
        countedNanos = now;
    }
}
