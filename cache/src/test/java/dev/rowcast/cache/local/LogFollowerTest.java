package dev.rowcast.cache.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.faults.Proxy;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.KAFKA, Part.REGISTRY, Part.REDIS})
class LogFollowerTest {

    private static final Duration X = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final CacheKey KEY = new CacheKey(new TenantId("demo"), "vault:1", "row");

    private final LocalCache cache = new LocalCache(Duration.ofSeconds(60), 1 << 20, 256, System::nanoTime);
    private final EmbeddedParts parts;
    private RedisLink redis;
    private KafkaProducer<byte[], byte[]> producer;
    private Serializer<Eviction> values;
    private LogFollower follower;

    LogFollowerTest(EmbeddedParts parts) {
        this.parts = parts;
    }

    @BeforeEach
    void start() throws Exception {
        String servers = parts.kafka().bootstrapServers();
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(parts.registry().url()));
        serdes.register(Topics.EVICTIONS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(Topics.EVICTIONS.toNewTopic((short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
        redis = RedisLink.open(RedisConfig.of(parts.redis().url()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer());
        values = serdes.value(Topics.EVICTIONS).serializer();
        follower = LogFollower.start(servers, serdes, cache, redis);
    }

    @AfterEach
    void stop() {
        follower.close();
        producer.close();
        redis.close();
    }

    @Test
    void valuesAreTrustedOnceAllPartitionsOfTheLogHaveSaidTheTimeAndGoWhenTheirTagIsEvicted() throws Exception {
        awaitTrust();
        send(new Eviction(1L, 0, 5L, "demo", List.of("vault:1"), 7L, null));
        await().atMost(SOON).until(() -> cache.get(KEY, X).isEmpty());
    }

    @Test
    void whoStopsFollowingTrustsNothingAnyMore() {
        awaitTrust();
        follower.close();
        assertThat(cache.get(KEY, X)).isEmpty();
    }

    @Test
    void whatCannotBeReadEvictsEverythingAndTheLogIsFollowedOn() throws Exception {
        for (byte[] odd : Arrays.asList(
                null,
                new byte[] {1, 2, 3},
                written(new Eviction(1L, 0, 5L, "", List.of("vault:1"), 7L, null)),
                written(new Eviction(1L, -1, 5L, null, List.of(), 0L, 1_000L)),
                written(new Eviction(1L, Integer.MAX_VALUE, 5L, null, List.of(), 0L, 1_000L)))) {
            awaitTrust();
            send(odd);
            await().atMost(SOON).until(() -> cache.get(KEY, X).isEmpty());
        }
        awaitTrust();
    }

    @Test
    void whileNoSchemaCanBeAskedForNothingIsKeptAndThenTheLogIsFollowedAgain() throws Exception {
        follower.close();
        int registry = URI.create(parts.registry().url()).getPort();
        try (Proxy proxy = new Proxy(deadPort())) {
            TopicSerdes far = new TopicSerdes(new RegistryClient("http://127.0.0.1:" + proxy.port()));
            follower = LogFollower.start(parts.kafka().bootstrapServers(), far, cache, redis);
            await().atMost(SOON).until(this::put);
            await().atMost(SOON).until(() -> {
                send(new Eviction(1L, 0, 5L, "demo", List.of("vault:2"), 7L, null));
                return !put();
            });
            proxy.leadTo(registry);
            awaitTrust();
        }
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean put() {
        return cache.put(KEY, new LocalCache.Hit(new byte[] {1}, Snapshot.parse("1:1:")), Long.MAX_VALUE - 1, LIFE);
    }

    private void awaitTrust() {
        await().atMost(SOON).ignoreExceptions().until(() -> {
            beat();
            put();
            return cache.get(KEY, X).isPresent();
        });
    }

    /// As all partitions of the log of changes do.
    private void beat() throws Exception {
        long now = redis.clockMs();
        for (int partition = 0; partition < Topics.CHANGES.partitions(); partition++) {
            send(new Eviction(1L, partition, 1L, null, List.of(), 0L, now));
        }
    }

    private void send(Eviction eviction) throws Exception {
        send(written(eviction));
    }

    private void send(byte @Nullable [] value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.EVICTIONS.name(), KEY.partition(), null, value))
                .get();
    }

    private byte[] written(Eviction eviction) {
        return values.serialize(Topics.EVICTIONS.name(), eviction);
    }
}
