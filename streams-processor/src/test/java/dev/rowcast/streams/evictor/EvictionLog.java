package dev.rowcast.streams.evictor;

import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Registry;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// What the topology writes, written by a test: evictions, and watermarks in all that it is asked for.
final class EvictionLog implements AutoCloseable {

    static final int PARTITIONS = Topics.EVICTIONS.partitions();
    static final String TENANT = "demo";

    final Admin admin;
    private final RedisLink redis;
    private final KafkaProducer<String, byte[]> producer;
    private final Serializer<Eviction> values;
    private @Nullable Future<?> beating;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();

    EvictionLog(Kafka kafka, Registry registry, RedisLink redis) throws InterruptedException {
        this.redis = redis;
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        makeTopics();
        values = new TopicSerdes(new RegistryClient(registry.url()))
                .value(Topics.EVICTIONS)
                .serializer();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    void makeTopics() throws InterruptedException {
        for (var topic : List.of(Topics.EVICTIONS, Topics.CHANGES)) {
            try {
                admin.createTopics(List.of(topic.toNewTopic((short) 1))).all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /// Nothing that was written before is there any longer. Otherwise an evictor that begins applies first what another
    /// test wrote, and holds what is kept meanwhile to be as old as that.
    void forget() {
        Map<TopicPartition, RecordsToDelete> everything = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            everything.put(new TopicPartition(Topics.EVICTIONS.name(), partition), RecordsToDelete.beforeOffset(-1));
        }
        // A topic that was just made has no leaders at first.
        await().ignoreExceptionsInstanceOf(ExecutionException.class).until(() -> {
            admin.deleteRecords(everything).all().get();
            return true;
        });
    }

    void evict(String tag, long xid) {
        send(Partitions.ofTag(TENANT, tag), eviction(TENANT, List.of(tag), xid));
    }

    /// One record for all of them.
    void evict(int partition, List<String> tags, long xid) {
        send(partition, eviction(TENANT, tags, xid));
    }

    /// @param tenant null for all of them
    void evictEverything(@Nullable String tenant, long xid) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            send(partition, eviction(tenant, List.of(), xid));
        }
    }

    /// A record that nobody can read.
    void garbage() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            write(partition, new byte[] {1, 2, 3});
        }
    }

    /// What a heartbeat becomes: each of the inputs tells each cache partition.
    void beat(int inputs) throws RedisUnavailableException {
        long redisMs = redis.clockMs();
        synchronized (this) {
            for (int input = 0; input < inputs; input++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    send(partition, new Eviction(1L, input, 0L, null, List.of(), 0L, redisMs));
                }
            }
        }
    }

    /// Beats for all inputs until the end.
    EvictionLog beating(Duration every) {
        beating = beats.scheduleAtFixedRate(
                () -> {
                    try {
                        beat(PARTITIONS);
                    } catch (RedisUnavailableException e) {
                        // A heartbeat without the clock is no watermark.
                        Thread.onSpinWait();
                    }
                },
                0,
                every.toMillis(),
                TimeUnit.MILLISECONDS);
        return this;
    }

    private synchronized void send(int partition, Eviction eviction) {
        write(partition, values.serialize(Topics.EVICTIONS.name(), eviction));
    }

    private void write(int partition, byte[] value) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(Topics.EVICTIONS.name(), partition, Integer.toString(partition), value);
        Future<RecordMetadata> unused = producer.send(record);
    }

    private static Eviction eviction(@Nullable String tenant, List<String> tags, long xid) {
        return new Eviction(1L, 0, 0L, tenant, tags, xid, null);
    }

    @Override
    public void close() {
        if (beating != null) {
            beating.cancel(false);
        }
        beats.shutdownNow();
        try {
            beats.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
    }
}
