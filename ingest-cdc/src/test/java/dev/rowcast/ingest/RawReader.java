package dev.rowcast.ingest;

import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads a raw topic as its consumers do: committed records only.
final class RawReader {

    private RawReader() {}

    /// Everything that is in it now.
    ///
    /// @param table `schema.table`
    static List<ConsumerRecord<GenericRecord, GenericRecord>> all(World world, String table) {
        var topic = Topics.rows(world.source, table);
        var serdes = new TopicSerdes(new RegistryClient(world.parts.registry().url()));
        List<ConsumerRecord<GenericRecord, GenericRecord>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        world.parts.kafka().bootstrapServers(),
                        "isolation.level",
                        "read_committed"),
                serdes.key(topic).deserializer(),
                serdes.value(topic).deserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends =
                    Ends.of(partitions, world.parts.kafka().bootstrapServers());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
