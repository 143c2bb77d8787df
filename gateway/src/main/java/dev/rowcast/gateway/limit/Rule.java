package dev.rowcast.gateway.limit;

import java.time.Duration;

/// How what one asker has used is counted.
public sealed interface Rule permits Rule.InWindow, Rule.AtRate, Quota {

    /// Requests of one asker at most, in [#window()] or at once.
    int limit();

    /// In which so many are let in, or after which what was used is whole again.
    Duration window();

    /// Begins to count for somebody.
    ///
    /// @param nowNanos of a clock that only goes forward
    Tally begin(long nowNanos);

    /// A sliding window: so many in any `window`.
    ///
    /// @param limit at least 1
    /// @param window at least a second
    record InWindow(int limit, Duration window) implements Rule {
        public InWindow {
            Checks.atLeastOne("requests", limit);
            Checks.atLeastOne("window in seconds", window.toSeconds());
        }

        @Override
        public Tally begin(long nowNanos) {
            return new Quota(limit, window, limit).begin(nowNanos);
        }
    }

    /// A token bucket: tokens come at an even rate, and as many as `burst` are kept for a rest's end.
    ///
    /// @param tokens in each `every`, at least 1
    /// @param every at least a second
    /// @param burst at once, at least 1; an empty bucket must be full within 31 days
    record AtRate(int tokens, Duration every, int burst) implements Rule {

        private static final double NANOS = 1e9;
        private static final int MOST_PER_SECOND = 100_000;
        private static final Duration LONGEST = Duration.ofDays(31);

        public AtRate {
            Checks.atLeastOne("tokens", tokens);
            Checks.atLeastOne("burst", burst);
            Checks.atLeastOne("time of the rate in seconds", every.toSeconds());
            if (tokens / (double) every.toSeconds() > MOST_PER_SECOND) {
                throw new IllegalArgumentException("limit rate must be at most %d a second, is %d in %d s"
                        .formatted(MOST_PER_SECOND, tokens, every.toSeconds()));
            }
            Duration full = untilFull(tokens, every, burst);
            if (full.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("limit burst must come back within %d days, takes %d"
                        .formatted(LONGEST.toDays(), full.toDays()));
            }
        }

        @Override
        public int limit() {
            return burst;
        }

        /// Until an empty bucket is full.
        @Override
        public Duration window() {
            return untilFull(tokens, every, burst);
        }

        private static Duration untilFull(int tokens, Duration every, int burst) {
            return Duration.ofMillis(Math.ceilDiv(every.toMillis() * burst, tokens));
        }

        @Override
        public Tally begin(long nowNanos) {
            Bucket bucket = new Bucket(burst, tokens * NANOS / every.toNanos(), nowNanos);
            return (now, count) -> {
                boolean allowed = bucket.has(now);
                if (allowed && count) {
                    bucket.take(now);
                }
                return new Verdict(
                        allowed,
                        limit(),
                        window(),
                        bucket.whole(now),
                        bucket.time(burst - bucket.left(now)),
                        allowed ? Duration.ZERO : bucket.untilNext(now));
            };
        }
    }

    /// What one asker has used. For one thread.
    interface Tally {

        /// Judges one request more.
        ///
        /// @param count whether it is counted when it is allowed
        Verdict judge(long nowNanos, boolean count);
    }
}
