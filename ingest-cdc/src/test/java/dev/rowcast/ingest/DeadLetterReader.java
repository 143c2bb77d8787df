package dev.rowcast.ingest;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads what was set aside. The topic is shared by all tests.
final class DeadLetterReader {

    private DeadLetterReader() {}

    /// All that are there now.
    static List<ConsumerRecord<byte[], byte[]>> all(EmbeddedParts parts) {
        TopicPartition partition = new TopicPartition(Topics.DEAD_LETTERS.name(), 0);
        List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", parts.kafka().bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
            }
        }
        return letters;
    }

    /// Those that came from this place of the inbox.
    static List<ConsumerRecord<byte[], byte[]>> ofInbox(EmbeddedParts parts, int partition, long offset) {
        return all(parts).stream()
                .filter(letter -> header(letter, "rowcast-topic").equals(Topics.INBOX.name())
                        && header(letter, "rowcast-partition").equals("" + partition)
                        && header(letter, "rowcast-offset").equals("" + offset))
                .toList();
    }

    /// Empty when there is none.
    static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
