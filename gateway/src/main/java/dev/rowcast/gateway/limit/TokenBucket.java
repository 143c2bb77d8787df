package dev.rowcast.gateway.limit;

import java.time.Duration;
import java.util.function.LongSupplier;

/// A [Bucket] from which many are taken at a time: so much in each second, and as much at once as one second
/// brings. What is larger than that is let in when the bucket is full and leaves it in debt, so it is never
/// refused for ever.
///
/// Safe for use by several threads.
public final class TokenBucket {

    private final int perSecond;
    private final LongSupplier nanoTime;
    private final Bucket bucket;

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
        this.bucket = new Bucket(perSecond, perSecond, nanoTime.getAsLong());
    }

    /// Takes this many, or none.
    ///
    /// @param wanted 0 only looks
    public synchronized Answer take(int wanted) {
        double tokens = bucket.left(nanoTime.getAsLong());
        double needed = Math.min(wanted, perSecond);
        boolean granted = tokens >= needed;
        double missing = granted ? 0 : needed - tokens;
        if (granted) {
            bucket.spend(wanted);
            tokens -= wanted;
        }
        return new Answer(granted, (int) Math.max(0, tokens), bucket.time(missing), bucket.time(perSecond - tokens));
    }

    /// Whether it is as if nobody had ever taken any.
    public synchronized boolean isFull() {
        return bucket.left(nanoTime.getAsLong()) >= perSecond;
    }
}
