package dev.rowcast.streams.app;

import static org.apache.kafka.streams.StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.APPLICATION_ID_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.APPLICATION_SERVER_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.BOOTSTRAP_SERVERS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.COMMIT_INTERVAL_MS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.GROUP_PROTOCOL_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.MAX_TASK_IDLE_MS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.MAX_TASK_IDLE_MS_DISABLED;
import static org.apache.kafka.streams.StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.NUM_STREAM_THREADS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.POLL_MS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.PROCESSING_GUARANTEE_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.REPLICATION_FACTOR_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.STATE_DIR_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.consumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/// What Kafka Streams is told. Every value that differs from Kafka's default has its reason beside it.
final class KafkaSettings {

    /// The consumer group, and the prefix of the topics that Kafka Streams makes.
    static final String APPLICATION_ID = "rowcast-streams-processor";

    /// A commit's worth of what is cached is some hundred bytes a partition.
    private static final long CACHE_BYTES = 1 << 20;

    private KafkaSettings() {}

    static Properties of(StreamsConfig config) {
        Properties settings = new Properties();
        settings.put(APPLICATION_ID_CONFIG, APPLICATION_ID);
        settings.put(BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(STATE_DIR_CONFIG, config.stateDir().toAbsolutePath().toString());
        work(settings, config);
        membership(settings, config.failover());
        reading(settings);
        writing(settings);
        return settings;
    }

    private static void work(Properties settings, StreamsConfig config) {
        settings.put(PROCESSING_GUARANTEE_CONFIG, config.guarantee().kafkaName());
        settings.put(COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        settings.put(REPLICATION_FACTOR_CONFIG, config.replicationFactor());
        // Told to the other instances, who tell it to operators.
        config.operatorsAddress().ifPresent(address -> settings.put(APPLICATION_SERVER_CONFIG, address));
        // Serializers are made for one thread; another process is how to add one.
        settings.put(NUM_STREAM_THREADS_CONFIG, 1);
        // Changes and commands need no common order, so neither waits for the other, not even for what the broker is
        // known to have.
        settings.put(MAX_TASK_IDLE_MS_CONFIG, MAX_TASK_IDLE_MS_DISABLED);
        // Only for stores that ask for it: what changes with every record is then written once a commit.
        settings.put(STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        // A name that Kafka Streams makes up changes with the topology and leaves state behind.
        settings.put(ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        // Without input a thread wakes up this often, and only then do replays get on.
        settings.put(POLL_MS_CONFIG, 10);
        // What cannot be read never gets this far; what does is an infrastructure's fault and worth another try.
        settings.put(DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailExceptionHandler.class);
        settings.put(PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailProcessingExceptionHandler.class);
    }

    private static void membership(Properties settings, Failover failover) {
        // Sessions of the newer protocols last 45 s at least, unless the broker's settings say otherwise, and their
        // members have no names that outlive them.
        settings.put(GROUP_PROTOCOL_CONFIG, "classic");
        // Who comes back under its name is not waited for.
        settings.put(consumer(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), failover.instance());
        // The default of 45 s would be the silence after a kill.
        int sessionMs = Math.toIntExact(failover.sessionTimeout().toMillis());
        settings.put(consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), sessionMs);
        // Two may be lost on the way.
        settings.put(consumer(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), sessionMs / 3);
        settings.put(NUM_STANDBY_REPLICAS_CONFIG, failover.standbys());
        // A copy that is this many records behind catches up in a tenth of a second.
        settings.put(ACCEPTABLE_RECOVERY_LAG_CONFIG, 10_000L);
        // When partitions wait for a copy to be warm they are not to wait ten minutes; Kafka allows no less.
        settings.put(PROBING_REBALANCE_INTERVAL_MS_CONFIG, Duration.ofMinutes(1).toMillis());
    }

    private static void reading(Properties settings) {
        // Ingest writes in transactions, and what it takes back never was.
        settings.put(consumer(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        // All that was polled is processed before the next poll, and all that was fetched of a partition is polled
        // before anything else: with the defaults, changes wait behind ten thousand commands.
        settings.put(mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 250);
        settings.put(mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 128 << 10);
    }

    private static void writing(Properties settings) {
        // A delivery waits for no other.
        settings.put(producer(ProducerConfig.LINGER_MS_CONFIG), 0);
        // But those that come together while one is on its way leave together.
        settings.put(producer(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
        // Exactly once: what a killed process left open is ended after this time, and holds up its successor until
        // then. The default is 10 s.
        settings.put(producer(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 5_000);
    }

    private static String consumer(String key) {
        return consumerPrefix(key);
    }

    private static String producer(String key) {
        return producerPrefix(key);
    }
}
