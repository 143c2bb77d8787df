package dev.rowcast.cache.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Pattern;

/// How to talk to Redis.
///
/// @param url such as `redis://user:password@host:6379/0` for one server,
///     `redis-sentinel://password@host:26379,host:26379/0#name` for the one that sentinels name, or
///     `redis-cluster://user:password@host:6379,host:6379` for a Redis Cluster; `rediss` with TLS. It may hold a
///     password, so it is never logged
/// @param timeout of one command, on top of which nothing waits; 10 ms to 10 s
/// @param waiting commands that were sent and not answered; over it the next is refused
/// @param openFor how long nothing is asked of a Redis that failed, before it is tried again
public record RedisConfig(String url, Duration timeout, int waiting, Duration openFor) {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final Pattern FORMS =
            Pattern.compile("rediss?://.+|rediss?-sentinel://.+#.+|rediss?-cluster://[^/]+/?");

    public RedisConfig {
        checkUrl(url);
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

    /// @throws IllegalArgumentException when it is no address of a Redis; the text does not show it
    public static void checkUrl(String url) {
        if (!FORMS.matcher(url).matches() || !isUri(url)) {
            throw new IllegalArgumentException("REDIS_URL must be as in redis://user:password@host:6379/0, "
                    + "redis-sentinel://password@host:26379,host:26379/0#name or "
                    + "redis-cluster://user:password@host:6379,host:6379 (rediss… with TLS), "
                    + "with %XX for other signs than letters, digits, - . _ and ~ in the login");
        }
    }

    private static boolean isUri(String url) {
        try {
            return new URI(url).getRawAuthority() != null;
        } catch (URISyntaxException e) {
            return false; // and its message shows what it is about
        }
    }

    boolean isCluster() {
        return url.matches("rediss?-cluster:.+");
    }

    /// How long a connection may take to open.
    Duration patience() {
        return timeout.multipliedBy(10);
    }

    public RedisConfig withTimeout(Duration value) {
        return new RedisConfig(url, value, waiting, openFor);
    }

    @Override
    public String toString() {
        return "RedisConfig[timeout=%s, waiting=%d, openFor=%s]".formatted(timeout, waiting, openFor);
    }
}
