package dev.rowcast.cache.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.redis.Script;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.RedisCluster;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Three primaries, of which the first has a replica.
@DisplayName("SY-15: on a Redis Cluster the caches are as right as on one server")
class RedisClusterTest {

    private static final Duration X = Duration.ofMinutes(1);
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int STEPS = 10_000;
    private static final TenantId DEMO = new TenantId("demo");

    private static RedisCluster cluster;

    private RedisLink link;
    private SharedCacheConfig config;

    @BeforeAll
    static void start(@TempDir Path folder) {
        cluster = RedisCluster.start(folder, 3, 1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        cluster.awaitWhole();
        link = RedisLink.open(new RedisConfig(cluster.url(), PATIENT, 1_024, Duration.ofMillis(1)));
        Connected.await(link);
        config = SharedCacheConfig.DEFAULTS
                .withNamespace("c" + UUID.randomUUID().toString().substring(0, 8))
                .withMostFences(4);
    }

    @AfterEach
    void close() {
        link.close();
    }

    @Test
    void everyCachePartitionIsKeptAndEvictedWhereverItsSlotIs() throws Exception {
        SharedCache cache = new SharedCache(link, config);
        FakeEvictor evictor = new FakeEvictor(cache, link);
        evictor.reset();
        evictor.evict();
        for (CacheKey key : IntStream.range(0, 40)
                .mapToObj(i -> new CacheKey(DEMO, "vault:" + i, "row"))
                .toList()) {
            Lookup.Fill lease = (Lookup.Fill) cache.read(key, X);
            assertThat(cache.fill(key, lease, bytes("one"), Snapshot.parse("10:20:"), LIFE))
                    .isInstanceOf(Kept.Yes.class);
            assertThat(cache.read(key, X)).isInstanceOf(Lookup.Hit.class);
            evictor.evict(new Stale.Tag(DEMO, key.tag(), 30));
            assertThat(cache.read(key, X)).isInstanceOf(Lookup.Fill.class);
        }
    }

    /// @param seed of the walk and of the moves
    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void noHitLacksACommitWhileTheSlotMovesKeyByKey(long seed) throws Exception {
        SharedCache cache = new SharedCache(link, config);
        KeyNames names = new KeyNames(config.namespace());
        int partition = new CacheKey(new TenantId("acme"), "k0", "").partition();
        try (SlotMove slot = new SlotMove(
                cluster.nodes().subList(0, 3), new String(names.meta(partition), StandardCharsets.UTF_8))) {
            RandomWalk.Outcome outcome =
                    new RandomWalk(seed, cache, link, new Moves(new Random(seed), slot)).run(STEPS);
            assertThat(slot.moved()).isGreaterThan(5);
            assertThat(outcome.hits()).isGreaterThan(100);
            assertThat(outcome.unavailable()).isPositive();
            assertThat(outcome.stale()).isZero();
        }
    }

    @Test
    void thereIsNoClockWhileAPrimaryDoesNotAnswer() throws Exception {
        try (RedisLink quick = RedisLink.open(RedisConfig.of(cluster.url()).withTimeout(Duration.ofMillis(200)))) {
            Connected.await(quick);
            Redis second = cluster.nodes().get(1);
            second.pause();
            try {
                assertThatThrownBy(quick::clockMs).isInstanceOf(RedisUnavailableException.class);
            } finally {
                second.resume();
            }
            Connected.await(quick);
        }
    }

    @Test
    void whatTookOverForADeadPrimaryIsFoundWithoutARestart() throws Exception {
        Redis dead = cluster.nodes().getFirst();
        writeEverywhere();
        dead.kill();
        try {
            await().atMost(SOON)
                    .ignoreException(RedisUnavailableException.class)
                    .untilAsserted(this::writeEverywhere);
            assertThat(link.clockMs()).isPositive();
        } finally {
            dead.start();
        }
    }

    /// To keys of all servers.
    private void writeEverywhere() throws RedisUnavailableException {
        Script write = Script.of("redis.call('SET', KEYS[1], 'x') return {'OK'}");
        for (int i = 0; i < 40; i++) {
            link.call(write, List.of(bytes("key" + i)), List.of());
        }
    }

    @Test
    void anAddressThatNamesOneServerOfAClusterIsToldWhatItIs() {
        try (RedisLink alone =
                RedisLink.open(RedisConfig.of(cluster.nodes().getFirst().url()).withTimeout(PATIENT))) {
            Connected.await(alone);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 40; i++) {
                            alone.call(Script.of("return {1}"), List.of(bytes("key" + i)), List.of());
                        }
                    })
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("begin REDIS_URL with redis-cluster://");
        }
    }

    /// @param slot moves a step at a time, with pauses between its moves
    private record Moves(Random random, SlotMove slot) implements RandomWalk.Faults {

        @Override
        public void flush() {
            slot.flush();
        }

        @Override
        public void goOn() {
            if (random.nextDouble() < (slot.moving() ? 0.2 : 0.003)) {
                slot.step();
            }
        }

        @Override
        public void applied() {}
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
