package dev.rowcast.standalone;

import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.standalone.stack.Addresses;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Every record of Rowcast's own topics, as bytes and with the tenant that it is of.
final class TenantRecords {

    /// @param owner the tenant that the record names in its value or else in its key; empty when it is nobody's
    /// @param bytes key, value and headers, a character for each byte
    record Owned(String topic, String owner, String bytes) {}

    private final Addresses at;
    private final TopicSerdes serdes;

    TenantRecords(Addresses at) {
        this.at = at;
        this.serdes = new TopicSerdes(new RegistryClient(at.registry()));
    }

    /// @param highVolume tenants with a topic of their own
    List<Owned> all(List<String> highVolume) {
        List<Owned> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", at.kafka()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (Topic<?, ?> topic : Topics.all(highVolume)) {
                List<TopicPartition> partitions = IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                        .toList();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                    consumer.poll(Duration.ofMillis(200)).forEach(record -> all.add(owned(topic, record)));
                }
            }
        }
        return all;
    }

    private Owned owned(Topic<?, ?> topic, ConsumerRecord<byte[], byte[]> record) {
        StringBuilder bytes = new StringBuilder(text(record.key())).append(text(record.value()));
        record.headers().forEach(header -> bytes.append(text(header.value())));
        return new Owned(topic.name(), owner(topic, record), bytes.toString());
    }

    private String owner(Topic<?, ?> topic, ConsumerRecord<byte[], byte[]> record) {
        if (serdes.value(topic).deserializer().deserialize(topic.name(), record.value()) instanceof IndexedRecord value
                && value.getSchema().getField("tenant") != null) {
            Object tenant = value.get(value.getSchema().getField("tenant").pos());
            return tenant == null ? "" : tenant.toString();
        }
        return topic.keyedBy().equals("tenant") ? text(record.key()) : "";
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
