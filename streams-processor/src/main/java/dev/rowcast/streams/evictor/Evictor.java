package dev.rowcast.streams.evictor;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.schemas.dependency.BreakerMetrics;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies `rowcast.evictions` to the caches' server. As many processes as there are partitions may do it; when one of
/// them does not know yet that a partition is another's, Redis refuses it.
///
/// It never ends by itself. While Redis or Kafka does not answer, evictions stay in the log, and caches switch
/// themselves off, because their watermark grows old.
public final class Evictor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Evictor.class);
    private static final String SERVICE = "evictor";
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final EvictorMetrics metrics;
    private final EvictorLoop loop;
    private final Thread thread;

    private Evictor(EvictorConfig config, RedisLink redis, SharedCache cache, MeterRegistry meters) {
        consumer = new KafkaConsumer<>(
                EvictorSettings.consumer(config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        admin = Admin.create(EvictorSettings.admin(config));
        metrics = new EvictorMetrics(meters);
        RegistryClient registry = new RegistryClient(config.registryUrl());
        BreakerMetrics.bind(meters, SERVICE, registry.breaker());
        BreakerMetrics.bind(meters, SERVICE, redis.breaker());
        // A margin, for pauses between asking the clock and what it is compared with.
        Duration by = cache.config().fence().multipliedBy(2);
        loop = new EvictorLoop(
                consumer,
                new Reader(new TopicSerdes(registry).value(Topics.EVICTIONS).deserializer()),
                new TopicWatch(admin, config.look()),
                new Rewind(consumer, admin, by, InstantSource.system()),
                redis,
                cache,
                config.mostStale(),
                metrics);
        thread = Thread.ofPlatform().daemon().name(config.group()).unstarted(this::run);
    }

    /// Starts and returns; partitions are taken within seconds.
    ///
    /// @param redis the connection of `cache`
    /// @throws org.apache.kafka.common.KafkaException when the bootstrap servers are no addresses
    public static Evictor start(EvictorConfig config, RedisLink redis, SharedCache cache, MeterRegistry meters) {
        Evictor evictor = new Evictor(config, redis, cache, meters);
        evictor.thread.start();
        return evictor;
    }

    /// Why nothing is evicted at present; empty while all is well.
    public Optional<Trouble> trouble() {
        return loop.trouble();
    }

    private void run() {
        try (consumer;
                admin;
                metrics) {
            loop.run();
        }
    }

    /// Ends within 5 s and leaves the group, so that others take its partitions at once. Closing twice does nothing.
    @Override
    public void close() {
        loop.stop();
        try {
            if (!thread.join(CLOSE_WAIT)) {
                LOG.atWarn().addKeyValue("waitedMs", CLOSE_WAIT.toMillis()).log("Evictor did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
