package dev.rowcast.streams.app.server;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.streams.evictor.Evictor;
import dev.rowcast.streams.evictor.EvictorConfig;
import dev.rowcast.streams.evictor.Trouble;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// The evictor of this process, where there is a server with caches.
final class CacheEviction implements HealthIndicator, AutoCloseable {

    private final @Nullable RedisLink redis;
    private final @Nullable Evictor evictor;

    private CacheEviction(@Nullable RedisLink redis, @Nullable Evictor evictor) {
        this.redis = redis;
        this.evictor = evictor;
    }

    static CacheEviction start(ProcessorProperties properties, MeterRegistry meters) {
        if (properties.redis().isEmpty()) {
            return new CacheEviction(null, null);
        }
        RedisLink redis = RedisLink.open(properties.redis().get());
        SharedCache cache = new SharedCache(redis, SharedCacheConfig.DEFAULTS);
        EvictorConfig config = EvictorConfig.of(properties.bootstrapServers(), properties.registryUrl());
        return new CacheEviction(redis, Evictor.start(config, redis, cache, meters));
    }

    /// Never down: while nothing can be evicted caches switch themselves off, and deliveries flow.
    @Override
    public Health health() {
        if (evictor == null) {
            return Health.up().withDetail("redis", "none").build();
        }
        Optional<Trouble> trouble = evictor.trouble();
        Health.Builder health = Health.up().withDetail("degraded", trouble.isPresent());
        if (redis != null) {
            health.withDetail("breaker", redis.breaker().getState().name());
        }
        trouble.ifPresent(why -> health.withDetail("cause", why.cause().label()).withDetail("reason", why.reason()));
        return health.build();
    }

    @Override
    public void close() {
        if (evictor != null) {
            evictor.close();
        }
        if (redis != null) {
            redis.close();
        }
    }
}
