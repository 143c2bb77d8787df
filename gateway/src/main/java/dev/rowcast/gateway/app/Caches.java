package dev.rowcast.gateway.app;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.cache.local.LocalCache;
import dev.rowcast.cache.local.LogFollower;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.schemas.registry.TopicSerdes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;

/// What the read API is cached in: this process and Redis, both emptied by the same log.
final class Caches implements AutoCloseable {

    private final Cache cache;
    private final Cache uncounted;
    private final LogFollower follower;

    Caches(RedisLink redis, String bootstrapServers, TopicSerdes serdes, MeterRegistry meters) {
        CacheConfig config = CacheConfig.DEFAULTS;
        SharedCacheConfig shared = SharedCacheConfig.DEFAULTS;
        LocalCache local =
                new LocalCache(config.localLife(), config.localBytes(), shared.mostNames(), System::nanoTime);
        Optional<SharedCache> both = Optional.of(new SharedCache(redis, shared));
        this.cache = new Cache(both, Optional.of(local), config, meters);
        this.uncounted = new Cache(both, Optional.of(local), config, new SimpleMeterRegistry());
        this.follower = LogFollower.start(bootstrapServers, serdes, local, redis);
        Gauge.builder("rowcast.cache.local.age", local, LocalCache::ageMs)
                .description("How far what this process keeps is behind the database, in milliseconds")
                .baseUnit("milliseconds")
                .register(meters);
    }

    Cache cache() {
        return cache;
    }

    /// The same, whose reads are not among those of applications.
    Cache uncounted() {
        return uncounted;
    }

    @Override
    public void close() {
        follower.close();
    }
}
