package dev.rowcast.gateway.limit;

import java.time.Duration;

/// Tokens that come at an even rate and are kept up to a number: bursts are allowed, and the rate holds on average.
/// For one thread.
public final class Bucket {

    private static final double NANOS = 1e9;

    private final double capacity;
    private final double perSecond;
    private double tokens;
    private long lastNanos;

    /// A full one.
    ///
    /// @param nowNanos of a clock that only goes forward
    public Bucket(Rate rate, long nowNanos) {
        this(rate.burst(), rate.perSecond(), nowNanos);
    }

    Bucket(double capacity, double perSecond, long nowNanos) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.tokens = capacity;
        this.lastNanos = nowNanos;
    }

    /// Takes one token.
    ///
    /// @return false when there is none
    public boolean take(long nowNanos) {
        if (!has(nowNanos)) {
            return false;
        }
        tokens = Math.max(0, tokens - 1);
        return true;
    }

    /// How many can be taken at once.
    int whole(long nowNanos) {
        return (int) (left(nowNanos) + SlidingWindow.ROUNDING);
    }

    /// Until there is a token again; zero when there is one.
    public Duration untilNext(long nowNanos) {
        double missing = 1 - left(nowNanos);
        return missing <= 0 ? Duration.ZERO : time(missing);
    }

    boolean has(long nowNanos) {
        return left(nowNanos) >= 1 - SlidingWindow.ROUNDING;
    }

    /// How many there are; fewer than none while a debt is paid off.
    double left(long nowNanos) {
        long elapsed = Math.max(0, nowNanos - lastNanos);
        lastNanos = Math.max(lastNanos, nowNanos);
        tokens = Math.min(capacity, tokens + elapsed / NANOS * perSecond);
        return tokens;
    }

    /// Takes as many, also when that is more than there are.
    void spend(double count) {
        tokens -= count;
    }

    /// In which so many come.
    Duration time(double count) {
        return Duration.ofNanos((long) Math.ceil(count / perSecond * NANOS));
    }
}
