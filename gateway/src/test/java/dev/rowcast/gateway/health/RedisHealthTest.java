package dev.rowcast.gateway.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

@NeedsParts(Part.REDIS)
@DisplayName("SY-20: without Redis a gateway is degraded, and not down")
class RedisHealthTest {

    @Test
    void whereNoneIsConfiguredItIsDegraded() {
        Health health = new RedisHealth(Optional.empty()).health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("configured", false).containsEntry("degraded", true);
    }

    @Test
    void whileItDoesNotAnswerItIsDegraded(Redis redis) {
        try (RedisLink link = RedisLink.open(RedisConfig.of(redis.url()))) {
            RedisHealth indicator = new RedisHealth(Optional.of(link));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(indicator.health().getDetails())
                            .containsEntry("configured", true)
                            .containsEntry("degraded", false));

            redis.stop();
            try {
                Awaitility.await()
                        .untilAsserted(() -> assertThat(indicator.health().getDetails())
                                .containsEntry("degraded", true)
                                .containsEntry("breaker", "OPEN"));
                assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
            } finally {
                redis.start();
            }
            Awaitility.await()
                    .untilAsserted(() -> assertThat(indicator.health().getDetails())
                            .containsEntry("degraded", false)
                            .containsEntry("breaker", "CLOSED"));
        }
    }
}
