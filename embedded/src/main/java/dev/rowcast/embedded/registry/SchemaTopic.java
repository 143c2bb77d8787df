package dev.rowcast.embedded.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The compacted topic with one partition in which the registry keeps everything.
///
/// Each change is a transaction under one transactional id: of two registries on the same topic the later one
/// wins, and the earlier one's next write fails instead of giving an id away twice.
final class SchemaTopic implements AutoCloseable {
    static final String NAME = "_schemas";
    private static final TopicPartition PARTITION = new TopicPartition(NAME, 0);
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(100);

    private final String bootstrapServers;
    private final KafkaProducer<byte[], byte[]> producer;

    private SchemaTopic(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.producer = new KafkaProducer<>(
                Map.of(
                        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        CommonClientConfigs.CLIENT_ID_CONFIG,
                        "rowcast-registry",
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        "rowcast-registry",
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        10_000,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        Math.toIntExact(TIMEOUT.toMillis()),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        2 * RegistryServer.BODY_LIMIT_BYTES,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        10_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        5_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /// Makes the topic when it is absent, shuts out an earlier writer, and hands over everything that is there.
    static SchemaTopic open(String bootstrapServers, Consumer<Entry> reader) {
        create(bootstrapServers);
        var topic = new SchemaTopic(bootstrapServers);
        try {
            topic.producer.initTransactions();
            topic.readAll(reader);
            return topic;
        } catch (RuntimeException e) {
            topic.close();
            throw e;
        }
    }

    /// Appends all or none; returns when the broker has them.
    void append(List<Entry> entries) {
        producer.beginTransaction();
        for (Entry entry : entries) {
            var _ = producer.send(EntryCodec.encode(NAME, entry)); // a failed send fails the commit
        }
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }

    private void readAll(Consumer<Entry> reader) {
        Map<String, Object> settings = Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                CommonClientConfigs.CLIENT_ID_CONFIG, "rowcast-registry",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = List.of(PARTITION);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions, TIMEOUT).getOrDefault(PARTITION, 0L);
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (consumer.position(PARTITION, TIMEOUT) < end) {
                if (System.nanoTime() > deadline) {
                    throw new KafkaException("topic " + NAME + " was not read to offset " + end + " within " + TIMEOUT);
                }
                consumer.poll(POLL).forEach(record -> EntryCodec.decode(record).ifPresent(reader));
            }
        }
    }

    private static void create(String bootstrapServers) {
        var topic = new NewTopic(NAME, Optional.of(1), Optional.empty())
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        Map<String, Object> settings = Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                CommonClientConfigs.CLIENT_ID_CONFIG,
                "rowcast-registry",
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Math.toIntExact(TIMEOUT.toMillis()),
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                5_000);
        try (var admin = Admin.create(settings)) {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new KafkaException("topic " + NAME + " cannot be made: " + e.getCause(), e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while making topic " + NAME, e);
        }
    }
}
