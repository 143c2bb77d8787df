package dev.rowcast.gateway.health;

import dev.rowcast.gateway.feed.Feeding;
import dev.rowcast.gateway.feed.Slowest;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Says to operators whether the log moves, and which partition is behind.
public final class FeedHealth implements HealthIndicator {

    private final Feeding feeding;

    public FeedHealth(Feeding feeding) {
        this.feeding = feeding;
    }

    @Override
    public Health health() {
        Slowest slowest = feeding.slowest();
        return builder()
                .withDetail("home", feeding.hasHome())
                .withDetail("attached", feeding.isAttached())
                .withDetail("progressAgeSeconds", slowest.age().toSeconds())
                .withDetail("slowestPartition", slowest.partition())
                .build();
    }

    private Health.Builder builder() {
        if (!feeding.isAlive()) {
            return Health.down();
        }
        return feeding.hasHome() && feeding.isAttached() && feeding.isProgressingEverywhere()
                ? Health.up()
                : Health.outOfService();
    }
}
