package dev.rowcast.gateway.health;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Says to operators whether Redis answers. Never down: without it everything works, with nothing shared between
/// gateways, and so `degraded`.
public final class RedisHealth implements HealthIndicator {

    private final Optional<RedisLink> redis;

    /// @param redis empty where none is configured
    public RedisHealth(Optional<RedisLink> redis) {
        this.redis = redis;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up().withDetail("configured", redis.isPresent());
        return redis.map(link -> health.withDetail("degraded", !answers(link))
                        .withDetail("breaker", link.breaker().getState().name()))
                .orElseGet(() -> health.withDetail("degraded", true))
                .build();
    }

    /// Within the command's timeout, and at once while the breaker is open.
    private static boolean answers(RedisLink link) {
        try {
            link.clockMs();
            return true;
        } catch (RedisUnavailableException e) {
            return false;
        }
    }
}
