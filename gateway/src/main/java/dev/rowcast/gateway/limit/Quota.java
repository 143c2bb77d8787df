package dev.rowcast.gateway.limit;

import java.time.Duration;

/// How many requests one asker may make, by two rules at once: a sliding window counts those of the last `window`, a
/// token bucket those that come at once. A bucket that was emptied is full again after a tenth of the window.
///
/// @param requests in any window, at least 1
/// @param window at least a second
/// @param burst at once after a rest, at least 1; when it is more than `requests`, the window alone decides
public record Quota(int requests, Duration window, int burst) implements Rule {

    private static final double REFILLS_IN_A_WINDOW = 10;
    private static final double NANOS = 1e9;

    public Quota {
        Checks.atLeastOne("requests", requests);
        Checks.atLeastOne("burst", burst);
        Checks.atLeastOne("window in seconds", window.toSeconds());
    }

    /// As many a minute, and a quarter of them at once.
    ///
    /// @param requests at least 1
    public static Quota perMinute(int requests) {
        return new Quota(requests, Duration.ofMinutes(1), Math.max(1, requests / 4));
    }

    @Override
    public int limit() {
        return requests;
    }

    @Override
    public Tally begin(long nowNanos) {
        Bucket bucket = new Bucket(burst, burst * REFILLS_IN_A_WINDOW * NANOS / window.toNanos(), nowNanos);
        SlidingWindow sliding = new SlidingWindow(window, nowNanos);
        return (now, count) -> {
            boolean allowed = bucket.has(now) && sliding.count(now) < requests;
            if (allowed && count) {
                bucket.take(now);
                sliding.add(now);
            }
            Duration wait = sliding.untilBelow(requests, now);
            Duration next = bucket.untilNext(now);
            return new Verdict(
                    allowed,
                    requests,
                    window,
                    Math.max(0, Math.min(bucket.whole(now), requests - sliding.count(now))),
                    sliding.untilNext(now),
                    allowed ? Duration.ZERO : wait.compareTo(next) > 0 ? wait : next);
        };
    }
}
