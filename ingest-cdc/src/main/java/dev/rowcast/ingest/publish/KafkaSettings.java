package dev.rowcast.ingest.publish;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The settings on which exactly-once and order rest, in one place.
///
/// @param bootstrapServers host:port, separated by commas
/// @param largestRecordBytes what brokers and topics accept; larger rows become dead letters
public record KafkaSettings(String bootstrapServers, int largestRecordBytes) {

    /// An open transaction holds back every reader of its partitions, so an abandoned one must end soon.
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;

    /// A transaction hands over all its rows at once. With Kafka's 16 KiB the broker spends twice the time on the
    /// same rows, for it checks and files each batch by itself.
    private static final int BATCH_BYTES = 128 * 1024;

    private static final long BUFFER_BYTES = 32L * 1024 * 1024;

    private static final int GIVE_UP_MS = 9_000;
    private static final int REQUEST_TIMEOUT_MS = 4_000;

    Map<String, Object> client() {
        return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }

    /// @param transactionalId the same for every instance that may read from the slot, so that the newest
    /// fences the rest
    Map<String, Object> producer(String transactionalId) {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, GIVE_UP_MS);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, GIVE_UP_MS);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largestRecordBytes + 64 * 1024);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    /// For readers that keep their own position and see only what is committed.
    public Map<String, Object> reader() {
        Map<String, Object> settings = new HashMap<>(client());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, GIVE_UP_MS);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return settings;
    }

    /// The same, for what is not committed as well.
    Map<String, Object> readerOfAll() {
        Map<String, Object> settings = new HashMap<>(reader());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        return settings;
    }

    /// For short administrative work.
    public Map<String, Object> admin() {
        Map<String, Object> settings = new HashMap<>(client());
        // The default strategy spins on a core, and in the log, while no broker answers.
        settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, GIVE_UP_MS);
        return settings;
    }
}
