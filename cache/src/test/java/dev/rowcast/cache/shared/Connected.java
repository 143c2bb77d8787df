package dev.rowcast.cache.shared;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import java.time.Duration;
import org.awaitility.Awaitility;

/// Waits for Redis.
public final class Connected {

    private Connected() {}

    public static void await(RedisLink link) {
        await(link, 0);
    }

    /// Until Redis' clock has moved.
    public static void awaitTick(RedisLink link) throws RedisUnavailableException {
        await(link, link.clockMs());
    }

    private static void await(RedisLink link, long after) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .ignoreException(RedisUnavailableException.class)
                .until(() -> link.clockMs() > after);
    }
}
