package dev.rowcast.streams.app;

import static org.apache.kafka.streams.StreamsConfig.APPLICATION_ID_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.BOOTSTRAP_SERVERS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.COMMIT_INTERVAL_MS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.MAX_TASK_IDLE_MS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.NUM_STREAM_THREADS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.PROCESSING_GUARANTEE_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.REPLICATION_FACTOR_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.STATE_DIR_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.consumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;

import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;

/// What Kafka Streams is told. Every value that differs from Kafka's default has its reason beside it.
final class KafkaSettings {

    /// The consumer group, and the prefix of the topics that Kafka Streams makes.
    static final String APPLICATION_ID = "rowcast-streams-processor";

    private KafkaSettings() {}

    static Properties of(StreamsConfig config) {
        Properties settings = new Properties();
        settings.put(APPLICATION_ID_CONFIG, APPLICATION_ID);
        settings.put(BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(STATE_DIR_CONFIG, config.stateDir().toAbsolutePath().toString());
        settings.put(PROCESSING_GUARANTEE_CONFIG, config.guarantee().kafkaName());
        settings.put(COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        settings.put(REPLICATION_FACTOR_CONFIG, config.replicationFactor());
        // Serializers are made for one thread; another process is how to add one.
        settings.put(NUM_STREAM_THREADS_CONFIG, 1);
        // Changes and commands need no common order, so neither waits for the other.
        settings.put(MAX_TASK_IDLE_MS_CONFIG, 0);
        settings.put(STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        // What cannot be read never gets this far; what does is an infrastructure's fault and worth another try.
        settings.put(DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailExceptionHandler.class);
        // The default of 45 s would be the silence after a kill.
        settings.put(consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        settings.put(consumer(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        // Ingest writes in transactions, and what it takes back never was.
        settings.put(consumer(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        // A delivery waits for no other.
        settings.put(producer(ProducerConfig.LINGER_MS_CONFIG), 0);
        return settings;
    }

    private static String consumer(String key) {
        return consumerPrefix(key);
    }

    private static String producer(String key) {
        return producerPrefix(key);
    }
}
