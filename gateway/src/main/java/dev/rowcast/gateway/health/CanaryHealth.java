package dev.rowcast.gateway.health;

import dev.rowcast.gateway.canary.Canary;
import java.util.Locale;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Says to operators whether the cache is watched, and how many answers were older than they may be. Never down: what
/// is wrong with a cache is no reason to take the gateway away.
public final class CanaryHealth implements HealthIndicator {

    private final Optional<Canary> canary;

    /// @param canary empty where nothing is cached
    public CanaryHealth(Optional<Canary> canary) {
        this.canary = canary;
    }

    @Override
    public Health health() {
        String state = canary.map(watching -> watching.state().name())
                .orElse(Canary.State.OFF.name())
                .toLowerCase(Locale.ROOT);
        return Health.up()
                .withDetail("state", state)
                .withDetail("stale", canary.map(Canary::stale).orElse(0L))
                .build();
    }
}
