package dev.rowcast.cache.redis;

import java.time.Duration;

/// How to talk to Redis.
///
/// @param url such as `redis://user:password@host:6379/0`, or `rediss://` with TLS; it may hold a password, so it is
///     never logged
/// @param timeout of one command, on top of which nothing waits; 10 ms to 10 s
/// @param waiting commands that were sent and not answered; over it the next is refused
/// @param openFor how long nothing is asked of a Redis that failed, before it is tried again
public record RedisConfig(String url, Duration timeout, int waiting, Duration openFor) {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    public RedisConfig {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("timeout must be from 10 ms to 10 s, is " + timeout);
        }
        if (waiting < 1) {
            throw new IllegalArgumentException("waiting must be at least 1, is " + waiting);
        }
        if (openFor.isNegative() || openFor.isZero()) {
            throw new IllegalArgumentException("openFor must be positive, is " + openFor);
        }
    }

    /// 100 ms, 1,024 commands, tried again each second.
    public static RedisConfig of(String url) {
        return new RedisConfig(url, Duration.ofMillis(100), 1_024, Duration.ofSeconds(1));
    }

    public RedisConfig withTimeout(Duration value) {
        return new RedisConfig(url, value, waiting, openFor);
    }

    @Override
    public String toString() {
        return "RedisConfig[timeout=%s, waiting=%d, openFor=%s]".formatted(timeout, waiting, openFor);
    }
}
