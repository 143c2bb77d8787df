package dev.rowcast.schemas.topic;

import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;

/// One Kafka topic: the only place where its name stands.
///
/// @param name lower case, dots and hyphens
/// @param key how keys are written
/// @param value how values are written
/// @param partitions how many it is made with; never changed afterwards, because that would move keys
/// @param retention what happens to old records
/// @param keyedBy what the key is, for people
/// @param purpose what it is for, for people
public record Topic<K, V>(
        String name,
        Format<K> key,
        Format<V> value,
        int partitions,
        Retention retention,
        String keyedBy,
        String purpose) {

    /// The registry's subject of the keys; empty when they are not Avro.
    public Optional<String> keySubject() {
        return subject(key, "-key");
    }

    /// The registry's subject of the values; empty when they are not Avro.
    public Optional<String> valueSubject() {
        return subject(value, "-value");
    }

    /// What an administrator asks of Kafka to make the topic.
    public NewTopic toNewTopic(short replication) {
        return new NewTopic(name, partitions, replication).configs(retention.config());
    }

    private Optional<String> subject(Format<?> format, String suffix) {
        return switch (format) {
            case Format.Avro<?> avro -> Optional.of(name + suffix);
            case Format.Row row -> Optional.of(name + suffix);
            case Format.Text text -> Optional.empty();
            case Format.Bytes bytes -> Optional.empty();
        };
    }
}
