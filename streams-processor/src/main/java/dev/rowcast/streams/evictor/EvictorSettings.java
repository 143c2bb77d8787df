package dev.rowcast.streams.evictor;

import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/// What Kafka's clients are told. Every value that differs from the default has its reason beside it.
final class EvictorSettings {

    private EvictorSettings() {}

    static Map<String, Object> consumer(EvictorConfig config) {
        return Map.ofEntries(
                Map.entry(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers()),
                Map.entry(ConsumerConfig.CLIENT_ID_CONFIG, config.group()),
                Map.entry(ConsumerConfig.GROUP_ID_CONFIG, config.group()),
                // What a topology with exactly-once took back never was.
                Map.entry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                // Positions are in Redis.
                Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                // What is gone must be told, not jumped over.
                Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"),
                Map.entry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false),
                // A process that joins does not stop the others' partitions.
                Map.entry(
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName()),
                // The default of 45 s would be the time without caches after a kill.
                Map.entry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000),
                Map.entry(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000),
                // Records have up to 256 KiB of tags.
                Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000),
                Map.entry(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 20));
    }

    static Map<String, Object> admin(EvictorConfig config) {
        return Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.bootstrapServers(),
                AdminClientConfig.CLIENT_ID_CONFIG,
                config.group() + "-look",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                10_000,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5_000);
    }
}
