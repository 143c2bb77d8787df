package dev.rowcast.ingest.kill;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Reads `rowcast.changes` and the raw topics from their beginning, committed records only.
final class TopicReader implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<Change> changes;
    private final Map<String, RawTopic> rawTopics = new HashMap<>();
    private final Map<String, List<Seen>> logs = new HashMap<>();
    private final Map<Integer, Long> marks = new HashMap<>();
    private final Map<Integer, List<String>> inbox = new HashMap<>();
    private final Map<Integer, List<String>> events = new HashMap<>();
    private final Deserializer<PublishedEvent> inboxValues;

    private record RawTopic(String table, Deserializer<GenericRecord> keys, Deserializer<GenericRecord> values) {}

    TopicReader(EmbeddedParts parts, String source) {
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(parts.registry().url()));
        changes = serdes.value(Topics.CHANGES).deserializer();
        inboxValues = serdes.value(Topics.INBOX).deserializer();
        for (String table : Tables.CAPTURED) {
            Topic<GenericRecord, GenericRecord> topic = Topics.rows(source, table);
            rawTopics.put(
                    topic.name(),
                    new RawTopic(
                            table,
                            serdes.key(topic).deserializer(),
                            serdes.value(topic).deserializer()));
        }
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        parts.kafka().bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < Expectation.PARTITIONS; partition++) {
            partitions.add(new TopicPartition(Topics.CHANGES.name(), partition));
            partitions.add(new TopicPartition(Topics.INBOX.name(), partition));
        }
        rawTopics.keySet().forEach(topic -> partitions.add(new TopicPartition(topic, 0)));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /// Reads until everything that committed up to this position is there, in every partition, and every event of
    /// the inbox.
    ///
    /// @return whether it came in time
    boolean untilPast(long lsn, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (marks.size() < Expectation.PARTITIONS
                || marks.values().stream().anyMatch(mark -> mark < lsn)
                || count(events) < count(inbox)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            poll();
        }
        return true;
    }

    /// Reads what is there now, to the end of every log.
    ///
    /// @return log to what stands in it
    Map<String, List<Seen>> toTheEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
        }
        return logs;
    }

    /// How far the watermarks of each partition are.
    Map<Integer, Long> marks() {
        return marks;
    }

    /// Ids of the events in each partition of the inbox.
    Map<Integer, List<String>> inbox() {
        return inbox;
    }

    /// Ids of the events in each partition of `rowcast.changes`.
    Map<Integer, List<String>> events() {
        return events;
    }

    private static int count(Map<Integer, List<String>> ids) {
        return ids.values().stream().mapToInt(List::size).sum();
    }

    private void poll() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            RawTopic raw = rawTopics.get(record.topic());
            if (raw != null) {
                add(logs, record.topic(), row(record, raw));
            } else if (record.topic().equals(Topics.INBOX.name())) {
                add(
                        inbox,
                        record.partition(),
                        inboxValues.deserialize(record.topic(), record.value()).getId());
            } else {
                changed(record, changes.deserialize(record.topic(), record.value()));
            }
        }
    }

    private static <K, V> void add(Map<K, List<V>> lists, K key, V value) {
        lists.computeIfAbsent(key, unseen -> new ArrayList<>()).add(value);
    }

    private void changed(ConsumerRecord<byte[], byte[]> record, Change change) {
        if (change.getBody() instanceof PublishedEvent event) {
            add(events, record.partition(), event.getId());
        } else {
            add(logs, Expectation.changes(record.partition()), change(record, change));
        }
    }

    private Seen change(ConsumerRecord<byte[], byte[]> record, Change change) {
        String tenant = new String(record.key(), StandardCharsets.UTF_8);
        return switch (change.getBody()) {
            case Watermark mark -> {
                marks.merge(record.partition(), mark.getLsn(), Math::max);
                yield new Seen.Streamed(change.getEpoch(), new Item.Mark(mark.getLsn()));
            }
            case SnapshotMark mark -> new Seen.Bound(change.getEpoch(), mark.getPhase());
            case RowChange row
            when row.getOp() == Operation.SNAPSHOT ->
                new Seen.Snapshot(
                        change.getEpoch(), Expectation.text(row.getTable(), row.getKey(), text(row, row.getAfter())));
            case RowChange row -> {
                requireEventId(record, row);
                yield new Seen.Streamed(change.getEpoch(), item(tenant, row));
            }
            default -> throw new AssertionError("not expected in rowcast.changes: " + change);
        };
    }

    private static Item item(String tenant, RowChange row) {
        return new Item.Change(
                tenant,
                row.getOp().name(),
                row.getTable(),
                row.getKey(),
                text(row, row.getBefore()),
                text(row, row.getAfter()),
                row.getLsn(),
                row.getTx().getXid(),
                row.getTx().getFirstLsn(),
                row.getTx().getCommitLsn(),
                row.getTx().getIndex(),
                row.getTx().getLast());
    }

    private static void requireEventId(ConsumerRecord<byte[], byte[]> record, RowChange row) {
        String id = new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
        String end = "-%s-%d"
                .formatted(
                        HexFormat.of().toHexDigits(row.getTx().getFirstLsn()),
                        row.getTx().getIndex());
        if (!id.endsWith(end)) {
            throw new AssertionError("event id %s does not end with %s".formatted(id, end));
        }
    }

    /// The values are JSON texts; the suite writes nothing that JSON would escape.
    private static String text(RowChange row, @Nullable Map<String, String> image) {
        if (image == null) {
            return "";
        }
        String json = Tables.text(row.getTable(), image);
        return Texts.shortened(json.startsWith("\"") ? json.substring(1, json.length() - 1) : json);
    }

    private static Seen row(ConsumerRecord<byte[], byte[]> record, RawTopic topic) {
        String key = record.key() == null
                ? ""
                : Tables.key(topic.table(), image(topic.keys().deserialize(record.topic(), record.key())));
        if (record.value() == null) {
            return new Seen.Streamed(0, new Item.Raw("tombstone", key, "", "", 0, 0));
        }
        GenericRecord value = topic.values().deserialize(record.topic(), record.value());
        GenericRecord source = (GenericRecord) Objects.requireNonNull(value.get("source"));
        String op = String.valueOf(value.get("op"));
        long lsn = (Long) source.get("lsn");
        String after = text(topic, value.get("after"));
        if (op.equals("r")) {
            return new Seen.Snapshot(lsn, Expectation.text(topic.table(), key, after));
        }
        return new Seen.Streamed(
                0, new Item.Raw(op, key, text(topic, value.get("before")), after, lsn, (Long) source.get("txId")));
    }

    private static String text(RawTopic topic, @Nullable Object row) {
        return row == null ? "" : Texts.shortened(Tables.text(topic.table(), image((GenericRecord) row)));
    }

    private static Map<String, String> image(GenericRecord row) {
        Map<String, String> image = new HashMap<>();
        row.getSchema().getFields().forEach(field -> image.put(field.name(), String.valueOf(row.get(field.pos()))));
        return image;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
