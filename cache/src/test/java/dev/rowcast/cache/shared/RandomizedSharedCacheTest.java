package dev.rowcast.cache.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The scripts against a real Redis, with a database of which every step is known.
@NeedsParts(Part.REDIS)
class RandomizedSharedCacheTest {

    private static final int STEPS = 10_000;

    private final Redis redis;
    private RedisLink link;
    private RedisClient client;
    private StatefulRedisConnection<String, String> raw;
    private KeyNames names;
    private SharedCacheConfig config;

    RandomizedSharedCacheTest(Redis redis) {
        this.redis = redis;
    }

    @BeforeEach
    void open() {
        link = RedisLink.open(RedisConfig.of(redis.url()).withTimeout(Duration.ofSeconds(5)));
        Connected.await(link);
        client = RedisClient.create(redis.url());
        raw = client.connect();
        config = SharedCacheConfig.DEFAULTS
                .withNamespace("w" + UUID.randomUUID().toString().substring(0, 8))
                .withMostFences(4);
        names = new KeyNames(config.namespace());
    }

    @AfterEach
    void close() {
        raw.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        link.close();
    }

    /// @param leaseMs with 1 nearly every lease is held by several
    @ParameterizedTest
    @CsvSource({"1, 2000", "2, 2000", "3, 2000", "4, 1", "5, 1"})
    void noHitLacksACommitThatWasApplied(long seed, long leaseMs) throws Exception {
        RandomWalk.Outcome outcome = walk(seed, leaseMs, false);
        assertThat(outcome.hits()).isGreaterThan(100);
        assertThat(outcome.fenced()).isPositive();
        assertThat(outcome.stale()).isZero();
        assertThat(outcome.unavailable()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 2000", "4, 1"})
    void withoutFencesSomeHitsLackACommitSoTheWalkCanTell(long seed, long leaseMs) throws Exception {
        assertThat(walk(seed, leaseMs, true).stale()).isPositive();
    }

    private RandomWalk.Outcome walk(long seed, long leaseMs, boolean withoutFences) throws Exception {
        SharedCache cache = new SharedCache(link, config.withLease(Duration.ofMillis(leaseMs)));
        return new RandomWalk(seed, cache, link, new Faults(withoutFences)).run(STEPS);
    }

    /// @param withoutFences whether they are forgotten at once
    private final class Faults implements RandomWalk.Faults {

        private final boolean withoutFences;

        Faults(boolean withoutFences) {
            this.withoutFences = withoutFences;
        }

        @Override
        public void flush() {
            raw.sync().flushall();
        }

        @Override
        public void goOn() {}

        @Override
        public void applied() {
            if (withoutFences) {
                for (int partition = 0; partition < 8; partition++) {
                    raw.sync().del(new String(names.fences(partition), StandardCharsets.UTF_8));
                }
            }
        }
    }
}
