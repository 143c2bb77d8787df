package dev.rowcast.ingest;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads `rowcast.changes` as its consumers do: committed records only. Keeps those of one source.
final class ChangesReader implements AutoCloseable {

    private static final int PARTITIONS = 8;

    private final String source;
    private final EmbeddedParts parts;
    private final List<ConsumerRecord<String, Change>> seen = new ArrayList<>();
    /// Where the log ended before anything of the source: what others wrote before need not be read.
    private final Map<TopicPartition, Long> starts;
    private @Nullable KafkaConsumer<String, Change> consumer;

    ChangesReader(EmbeddedParts parts, String source) {
        this.parts = parts;
        this.source = source;
        this.starts = ends(parts);
    }

    /// Of each partition; none where the topic is not made yet.
    private static Map<TopicPartition, Long> ends(EmbeddedParts parts) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, parts.kafka().bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.listTopics().getOrDefault(Topics.CHANGES.name(), List.of()).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            return consumer.endOffsets(partitions);
        }
    }

    /// Reads until what came so far is enough.
    void until(Predicate<List<ConsumerRecord<String, Change>>> enough) {
        long deadline = System.nanoTime() + World.PATIENCE.multipliedBy(2).toNanos();
        while (!enough.test(seen)) {
            if (System.nanoTime() > deadline) {
                List<RowChange> rows = rows();
                throw new AssertionError("not there in time; %d records of %s so far, %d rows, the last ones: %s"
                        .formatted(
                                seen.size(),
                                source,
                                rows.size(),
                                rows.subList(Math.max(0, rows.size() - 5), rows.size())));
            }
            poll();
        }
    }

    void untilRows(int count) {
        until(records -> rows().size() >= count);
    }

    /// Reads until everything that committed before this position is there, in every partition.
    void untilWatermark(Lsn lsn) {
        until(records -> records.stream()
                        .filter(record -> record.value().getBody() instanceof Watermark mark
                                && new Lsn(mark.getLsn()).compareTo(lsn) >= 0)
                        .map(ConsumerRecord::partition)
                        .distinct()
                        .count()
                == PARTITIONS);
    }

    List<RowChange> rows() {
        return rowRecords().stream()
                .map(record -> (RowChange) record.value().getBody())
                .toList();
    }

    /// Keys of the tenant's row changes, in order, separated by commas.
    String keysOf(String tenant) {
        return rowRecords().stream()
                .filter(record -> record.key().equals(tenant))
                .map(record -> ((RowChange) record.value().getBody()).getKey())
                .collect(Collectors.joining(","));
    }

    List<ConsumerRecord<String, Change>> rowRecords() {
        return seen.stream()
                .filter(record -> record.value().getBody() instanceof RowChange)
                .toList();
    }

    List<ConsumerRecord<String, Change>> eventRecords() {
        return seen.stream()
                .filter(record -> record.value().getBody() instanceof PublishedEvent)
                .toList();
    }

    /// Ids of the tenant's published events, in order.
    List<String> eventsOf(String tenant) {
        return eventRecords().stream()
                .filter(record -> record.key().equals(tenant))
                .map(record -> ((PublishedEvent) record.value().getBody()).getId())
                .toList();
    }

    /// Where snapshots begin and end in a partition, in order.
    List<SnapshotPhase> snapshotMarks(int partition) {
        return seen.stream()
                .filter(record -> record.partition() == partition)
                .filter(record -> record.value().getBody() instanceof SnapshotMark)
                .map(record -> ((SnapshotMark) record.value().getBody()).getPhase())
                .toList();
    }

    List<ConsumerRecord<String, Change>> records() {
        return seen;
    }

    /// Reads what is there within 100 ms.
    void poll() {
        for (ConsumerRecord<String, Change> record : consumer().poll(Duration.ofMillis(100))) {
            if (record.value().getSource().equals(source)) {
                seen.add(record);
            }
        }
    }

    private KafkaConsumer<String, Change> consumer() {
        if (consumer == null) {
            consumer = consumer(parts);
            for (TopicPartition each : consumer.assignment()) {
                consumer.seek(each, starts.getOrDefault(each, 0L));
            }
        }
        return consumer;
    }

    /// A reader of committed records, with all partitions of `rowcast.changes`.
    static KafkaConsumer<String, Change> consumer(EmbeddedParts parts) {
        var serdes = new TopicSerdes(new RegistryClient(parts.registry().url()));
        KafkaConsumer<String, Change> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        parts.kafka().bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                serdes.key(Topics.CHANGES).deserializer(),
                serdes.value(Topics.CHANGES).deserializer());
        consumer.assign(consumer.partitionsFor(Topics.CHANGES.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList());
        return consumer;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
