package dev.rowcast.schemas.topic;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/// What Kafka does with a topic's old records.
public sealed interface Retention {

    /// The topic configuration that says so to Kafka.
    Map<String, String> config();

    /// Deletes records when they are this old.
    record Delete(Duration after) implements Retention {
        @Override
        public Map<String, String> config() {
            return Map.of(
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_DELETE,
                    TopicConfig.RETENTION_MS_CONFIG,
                    Long.toString(after.toMillis()));
        }

        @Override
        public String toString() {
            return after.toHours() < 48 ? after.toHours() + " h" : after.toDays() + " d";
        }
    }

    /// Keeps the latest record of each key for ever.
    record Compact() implements Retention {
        @Override
        public Map<String, String> config() {
            return Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        }

        @Override
        public String toString() {
            return "compact";
        }
    }
}
