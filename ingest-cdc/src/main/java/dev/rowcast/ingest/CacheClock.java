package dev.rowcast.ingest;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// The clock of the server that caches are on, in ms since 1970. There is none while the server does not answer: caches
/// then switch themselves off, and rows go on.
///
/// @param redis empty where nothing is cached
public record CacheClock(Optional<RedisLink> redis) implements Supplier<OptionalLong>, AutoCloseable {

    /// Opens a connection of its own, where there is a server.
    ///
    /// @throws IllegalArgumentException when the URL is none
    public static CacheClock of(Optional<RedisConfig> server) {
        return new CacheClock(server.map(RedisLink::open));
    }

    /// Waits no longer than twice the timeout of a command, and mostly not at all where the last ones failed.
    @Override
    public OptionalLong get() {
        if (redis.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(redis.get().clockMs());
        } catch (RedisUnavailableException e) {
            // What is cached is then not trusted; the breaker says in the log that it does not answer.
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        redis.ifPresent(RedisLink::close);
    }
}
