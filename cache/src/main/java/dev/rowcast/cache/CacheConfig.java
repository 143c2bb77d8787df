package dev.rowcast.cache;

import java.time.Duration;

/// How long and how much is cached.
///
/// @param life of a value in Redis, give or take `jitter`: a backstop, since what changed is evicted
/// @param jitter part of `life`, 0 to 0.5, so that what came together does not go together
/// @param localLife of a value in the process, where its own is not shorter
/// @param localBytes of all values in the process
/// @param waitFor how long to wait for who brings the same value to Redis, before reading it oneself
/// @param poll how often to look whether it has come
public record CacheConfig(
        Duration life, double jitter, Duration localLife, long localBytes, Duration waitFor, Duration poll) {

    private static final double MOST_JITTER = 0.5;

    /// 300 s ± 15 %, in the process 60 s and 64 MiB; 200 ms, each 25 ms.
    public static final CacheConfig DEFAULTS = new CacheConfig(
            Duration.ofSeconds(300),
            0.15,
            Duration.ofSeconds(60),
            64L << 20,
            Duration.ofMillis(200),
            Duration.ofMillis(25));

    public CacheConfig {
        positive("life", life);
        positive("localLife", localLife);
        positive("poll", poll);
        if (jitter < 0 || jitter > MOST_JITTER) {
            throw new IllegalArgumentException("jitter must be from 0 to 0.5, is " + jitter);
        }
        if (localBytes < 1) {
            throw new IllegalArgumentException("localBytes must be at least 1, is " + localBytes);
        }
        if (waitFor.isNegative()) {
            throw new IllegalArgumentException("waitFor must not be negative, is " + waitFor);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, is " + value);
        }
    }
}
