package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
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
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class RawTopicTest {

    @Test
    void theRawTopicHoldsTheEnvelopeAndATombstone(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("insert into notes values (7, 'demo', 'a'); delete from notes where id = 7");

            // Then
            world.changes.untilRows(2);
            List<ConsumerRecord<GenericRecord, GenericRecord>> raw = read(world);
            assertThat(raw).extracting(record -> record.key().get("id")).containsOnly(7L);
            assertThat(raw).hasSize(3);
            assertThat(raw.get(0).value().get("op")).hasToString("c");
            assertThat(((GenericRecord) raw.get(0).value().get("after")).get("body"))
                    .hasToString("a");
            assertThat(raw.get(1).value().get("op")).hasToString("d");
            assertThat(((GenericRecord) raw.get(1).value().get("before")).get("body"))
                    .hasToString("a");
            assertThat(((GenericRecord) raw.get(1).value().get("source")).get("table"))
                    .hasToString("notes");
            assertThat(raw.get(2).value()).isNull();
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("A truncation of the keys' table stands in its topic, which is compacted, and holds up nothing")
    void aTruncationOfTheKeysTableStandsInItsTopic(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("truncate rowcast.api_keys; insert into notes values (7, 'demo', 'behind it')");

            // Then
            // The truncation is told once in each of the eight partitions.
            world.changes.untilRows(9);
            assertThat(world.changes.keysOf("demo")).isEqualTo("7");
            assertThat(ops(world, Topics.API_KEYS_TABLE)).containsExactly("t");
            assertThat(ingest.ready()).isTrue();
        }
    }

    private static List<String> ops(World world, String table) {
        var topic = Topics.rows(world.source, table);
        var serdes = new TopicSerdes(new RegistryClient(world.parts.registry().url()));
        List<String> ops = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", world.parts.kafka().bootstrapServers()),
                new ByteArrayDeserializer(),
                serdes.value(topic).deserializer())) {
            TopicPartition partition = new TopicPartition(topic.name(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> ops.add(record.value().get("op").toString()));
            }
        }
        return ops;
    }

    private static List<ConsumerRecord<GenericRecord, GenericRecord>> read(World world) {
        var topic = Topics.rows(world.source, "public.notes");
        var serdes = new TopicSerdes(new RegistryClient(world.parts.registry().url()));
        List<ConsumerRecord<GenericRecord, GenericRecord>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", world.parts.kafka().bootstrapServers()),
                serdes.key(topic).deserializer(),
                serdes.value(topic).deserializer())) {
            consumer.assign(List.of(new TopicPartition(topic.name(), 0)));
            consumer.seekToBeginning(consumer.assignment());
            long deadline = System.nanoTime() + World.PATIENCE.toNanos();
            while (records.size() < 3 && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
