package dev.rowcast.gateway.support;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.inbox.InboxPosition;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;

/// What ingest does with the inbox, when a test says so: it takes what is there, sets some of it aside, and commits
/// both in one transaction.
@SuppressWarnings("FutureReturnValueIgnored") // a failed send fails the commit
public final class IngestStandIn implements AutoCloseable {

    /// An event as it stands in the inbox.
    public record Waiting(String tenant, PublishedEvent event, ConsumerRecord<byte[], byte[]> record) {}

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<PublishedEvent> events;
    private final String topicId;

    public IngestStandIn(String bootstrapServers, String registryUrl) throws Exception {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "ingest-" + System.nanoTime()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, Topics.INBOX.partitions())
                .mapToObj(number -> new TopicPartition(Topics.INBOX.name(), number))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        events = new TopicSerdes(new RegistryClient(registryUrl))
                .value(Topics.INBOX)
                .deserializer();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            topicId = admin.describeTopics(List.of(Topics.INBOX.name()))
                    .allTopicNames()
                    .get()
                    .get(Topics.INBOX.name())
                    .topicId()
                    .toString();
        }
        order(event -> false);
    }

    /// What came since the last call.
    public List<Waiting> read() {
        List<Waiting> waiting = new ArrayList<>();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100))
                    .forEach(record -> waiting.add(new Waiting(
                            new String(record.key(), StandardCharsets.UTF_8),
                            events.deserialize(record.topic(), record.value()),
                            record)));
        }
        return waiting;
    }

    /// Takes all there is.
    ///
    /// @param refused which events are set aside
    /// @return all that was taken
    public List<Waiting> order(Predicate<PublishedEvent> refused) {
        return order(read(), refused);
    }

    /// Takes what was read before.
    public List<Waiting> order(List<Waiting> read, Predicate<PublishedEvent> refused) {
        producer.beginTransaction();
        for (Waiting each : read) {
            if (refused.test(each.event())) {
                var record = each.record();
                var letter = new ProducerRecord<>(
                        Topics.DEAD_LETTERS.name(), 0, record.key(), record.value(), record.headers());
                letter.headers().add("rowcast-error", "UNKNOWN_EVENT".getBytes(StandardCharsets.UTF_8));
                letter.headers().add("rowcast-reason", "another catalog".getBytes(StandardCharsets.UTF_8));
                producer.send(letter);
            }
        }
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        consumer.assignment()
                .forEach(partition -> positions.put(
                        partition, InboxPosition.stored(consumer.position(partition), topicId, "stand-in")));
        producer.sendOffsetsToTransaction(positions, new ConsumerGroupMetadata(Inbox.GROUP));
        producer.commitTransaction();
        return read;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        consumer.close();
    }
}
