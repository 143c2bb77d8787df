package dev.rowcast.streams.evictor;

import static dev.rowcast.streams.evictor.EvictionLog.PARTITIONS;
import static dev.rowcast.streams.evictor.EvictionLog.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.Lookup;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Evictions reach the caches' server, whatever fails between")
@NeedsParts({Part.KAFKA, Part.REDIS, Part.REGISTRY})
@Timeout(120)
class EvictorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration MAX_STALE = Duration.ofSeconds(2);
    private static final List<String> TAGS =
            IntStream.range(0, 24).mapToObj(number -> "vault:" + number).toList();

    private final EmbeddedParts parts;
    private final RedisLink redis;
    private final EvictorConfig config;
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final SharedCache cache;
    private final String namespace = "t" + UUID.randomUUID().toString().substring(0, 8);

    private EvictionLog log;
    private long xid = 100;

    EvictorTest(EmbeddedParts parts) {
        this.parts = parts;
        redis = RedisLink.open(RedisConfig.of(parts.redis().url()).withTimeout(Duration.ofSeconds(5)));
        cache = new SharedCache(redis, SharedCacheConfig.DEFAULTS.withNamespace(namespace));
        config = EvictorConfig.of(
                        parts.kafka().bootstrapServers(), parts.registry().url())
                .withLook(Duration.ofMillis(50));
    }

    @BeforeEach
    void connect() throws Exception {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> redis.clockMs() > 0);
        log = new EvictionLog(parts.kafka(), parts.registry(), redis);
        log.forget();
    }

    @AfterEach
    void disconnect() {
        log.close();
        redis.close();
    }

    @Test
    void whatIsEvictedIsGoneAndTheRestStays() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
            log.evict(TAGS.getFirst(), ++xid);

            await().atMost(PATIENCE).until(() -> !isKept(TAGS.getFirst()));
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(TAGS.subList(1, TAGS.size())).allMatch(this::isKept);
                assertThat(evictions()).isPositive();
            });
            awaitNoTrouble(evictor);
        }
    }

    /// One that was kept waiting says so for a moment.
    private static void awaitNoTrouble(Evictor evictor) {
        await().atMost(PATIENCE).until(() -> evictor.trouble().isEmpty());
    }

    @Test
    void whereAnythingMayBeStaleNothingOfTheTenantStays() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
            log.evictEverything("another", ++xid);
            log.evict("a marker behind it", ++xid);
            await().atMost(PATIENCE)
                    .until(() -> gauges("rowcast.evictor.lag").values().stream().allMatch(lag -> lag <= PARTITIONS));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(TAGS).allMatch(this::isKept));

            log.evictEverything(TENANT, ++xid);
            await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));

            keepAll();
            log.evictEverything(null, ++xid);
            await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));

            keepAll();
            log.garbage();
            await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));
            awaitNoTrouble(evictor);
        }
    }

    @Test
    void aRecordOfManyTagsIsAppliedInPieces() throws Exception {
        log.beating(Duration.ofMillis(50));
        List<String> together = IntStream.range(0, 1_000)
                .mapToObj(number -> "source:" + number)
                .filter(tag -> Partitions.ofTag(TENANT, tag) == 3)
                .limit(5)
                .toList();
        try (Evictor evictor = start(config.withMostStale(2))) {
            keep(together);
            log.evict(3, together, ++xid);

            await().atMost(PATIENCE).until(() -> together.stream().noneMatch(this::isKept));
            keep(together);
        }
    }

    @Test
    void nothingIsTrustedUntilEveryPartitionOfTheLogHasSpoken() throws Exception {
        try (Evictor evictor = start()) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                log.beat(PARTITIONS - 1);
                assertThat(gauges("rowcast.evictor.lag").values())
                        .hasSize(PARTITIONS)
                        .allMatch(lag -> lag == 0);
            });
            double evicted = evictions();
            for (String tag : TAGS) {
                log.beat(PARTITIONS - 1);
                log.evict(tag, ++xid);
            }
            await().atMost(PATIENCE).until(() -> evictions() >= evicted + TAGS.size());
            assertThat(TAGS).noneMatch(this::isFresh);
            await().atMost(PATIENCE).until(() -> {
                log.beat(PARTITIONS);
                return isFresh(TAGS.getFirst());
            });
            assertThat(gauges("rowcast.evictor.watermark.age").values())
                    .hasSize(PARTITIONS)
                    .allMatch(seconds -> seconds < PATIENCE.toSeconds());
        }
    }

    @Test
    void afterEverythingWasFlushedItBeginsAgainEmpty() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
            double resets = resets();
            redisDirectly(connection -> connection.sync().flushall());

            await().atMost(PATIENCE).until(() -> resets() >= resets + PARTITIONS);
            assertThat(TAGS).noneMatch(this::isKept);
            keepAll();
        }
    }

    /// As one does whose slot of a cluster is away or moves.
    @Test
    void aPartitionThatFailsKeepsNoOtherWaiting() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
            int failing = 0;
            List<String> others =
                    TAGS.stream().filter(tag -> key(tag).partition() != failing).toList();
            String meta = "{%s-%d}:meta".formatted(namespace, failing);

            redisDirectly(connection -> connection.sync().set(meta, new byte[] {1}));
            await().atMost(PATIENCE).until(() -> evictor.trouble().isPresent());
            for (String tag : others) {
                log.evict(tag, ++xid);
                await().atMost(PATIENCE).until(() -> isFresh(tag) && !isKept(tag));
                assertThat(evictor.trouble()).isPresent();
            }

            redisDirectly(connection -> connection.sync().del(meta));
            keepAll();
            awaitNoTrouble(evictor);
        }
    }

    @Test
    void aKilledServerIsWaitedForAndWhatCameMeanwhileIsApplied() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
            parts.redis().kill();
            try {
                // Who has nothing to apply does not notice; and no beats come while there is no clock to read.
                TAGS.forEach(tag -> log.evict(tag, ++xid));
                await().atMost(PATIENCE)
                        .until(() -> evictor.trouble()
                                .filter(trouble -> trouble.cause() == Trouble.Cause.REDIS)
                                .isPresent());
            } finally {
                parts.redis().start();
            }
            await().atMost(PATIENCE).until(() -> evictor.trouble().isEmpty());
            keepAll();
            TAGS.forEach(tag -> log.evict(tag, ++xid));
            await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));
        }
    }

    @Test
    void aReplicaThatHadNotEverythingIsToldItAgain() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
            double before = resets();
            Map<String, byte[]> copy = new HashMap<>();
            redisDirectly(connection -> copy.putAll(Copies.take(connection, namespace)));
            TAGS.forEach(tag -> log.evict(tag, ++xid));
            await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));

            redisDirectly(connection -> Copies.restore(connection, namespace, copy));

            await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));
            await().atMost(PATIENCE).until(() -> TAGS.stream().allMatch(this::isFresh));
            assertThat(TAGS).noneMatch(this::isKept);
            assertThat(resets()).isEqualTo(before);
            assertThat(meters.get("rowcast.evictor.seeks").counter().count()).isPositive();
        }
    }

    @Test
    void twoThatBothBelieveToBeTheOnlyOneLoseNothing() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor one = start();
                Evictor zombie = start(config.withGroup("rowcast-evictor-zombie"))) {
            for (int round = 0; round < 10; round++) {
                keepAll();
                TAGS.forEach(tag -> log.evict(tag, ++xid));
                await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));
            }
            awaitNoTrouble(one);
            awaitNoTrouble(zombie);
        }
    }

    @Test
    void aTopicThatWasMadeAnewIsAnotherOne() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
            double resets = resets();
            log.admin.deleteTopics(List.of(Topics.EVICTIONS.name())).all().get();
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                log.makeTopics();
                return log.admin
                                .describeTopics(List.of(Topics.EVICTIONS.name()))
                                .allTopicNames()
                                .get()
                                .size()
                        == 1;
            });

            await().atMost(PATIENCE).until(() -> resets() >= resets + PARTITIONS);
            keepAll();
            TAGS.forEach(tag -> log.evict(tag, ++xid));
            await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isKept));
        }
    }

    @Test
    void whereTheLogDoesNotReachBackToItBeginsAgain() throws Exception {
        log.beating(Duration.ofMillis(50));
        try (Evictor evictor = start()) {
            keepAll();
        }
        TAGS.forEach(tag -> log.evict(tag, ++xid));
        await().atMost(PATIENCE).until(() -> TAGS.stream().noneMatch(this::isFresh));
        log.forget();

        double resets = resets();
        try (Evictor evictor = start()) {
            await().atMost(PATIENCE).until(() -> resets() >= resets + PARTITIONS);
            await().atMost(PATIENCE).until(() -> TAGS.stream().allMatch(this::isFresh));
            assertThat(TAGS).noneMatch(this::isKept);
        }
    }

    private Evictor start() {
        return start(config);
    }

    private Evictor start(EvictorConfig of) {
        return Evictor.start(of, redis, cache, meters);
    }

    /// Puts a value under each tag, as a reader does who reads the database now.
    private void keepAll() {
        keep(TAGS);
    }

    private void keep(List<String> tags) {
        for (String tag : tags) {
            await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(POLL).until(() -> {
                if (cache.read(key(tag), MAX_STALE) instanceof Lookup.Fill lease) {
                    Snapshot now = Snapshot.parse((xid + 1) + ":" + (xid + 1) + ":");
                    cache.fill(key(tag), lease, "v".getBytes(StandardCharsets.UTF_8), now, Duration.ofMinutes(10));
                }
                return isKept(tag);
            });
        }
    }

    private boolean isKept(String tag) {
        return cache.read(key(tag), MAX_STALE) instanceof Lookup.Hit;
    }

    private boolean isFresh(String tag) {
        return !(cache.read(key(tag), MAX_STALE) instanceof Lookup.Bypass);
    }

    private static CacheKey key(String tag) {
        return new CacheKey(new TenantId(TENANT), tag, "");
    }

    private double evictions() {
        return meters.get("rowcast.evictor.evictions").counter().count();
    }

    private double resets() {
        return meters.get("rowcast.evictor.resets").counter().count();
    }

    private Map<String, Double> gauges(String name) {
        Map<String, Double> values = new HashMap<>();
        meters.find(name).gauges().forEach(gauge -> values.put(gauge.getId().getTag("partition"), gauge.value()));
        return values;
    }

    private void redisDirectly(Consumer<StatefulRedisConnection<String, byte[]>> work) {
        RedisClient client = RedisClient.create(parts.redis().url());
        try (StatefulRedisConnection<String, byte[]> connection = client.connect(Copies.CODEC)) {
            work.accept(connection);
        } finally {
            client.shutdown();
        }
    }
}
