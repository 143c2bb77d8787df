package dev.rowcast.ingest.publish;

import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Everything that ingest writes, as bytes. For one thread.
public final class RecordEncoder {

    /// A truncation has no key, but a compacted topic takes no record without one.
    private static final byte[] NO_KEY = {};

    private final RowEncoder rows;
    private final RowEncoder setAside;
    private final Serializer<Change> changes;
    private final Serializer<CaptureProgress> progress;
    private final int largestBytes;

    /// @param largestBytes of a record; larger rows are refused
    /// @throws dev.rowcast.schemas.registry.RegistryException when the registry is away
    public RecordEncoder(RegistryClient registry, int largestBytes) {
        TopicSerdes serdes = new TopicSerdes(registry);
        serdes.register(Topics.CHANGES);
        serdes.register(Topics.CAPTURE_PROGRESS);
        this.rows = new RowEncoder(registry, "BACKWARD");
        this.setAside = new RowEncoder(registry, "NONE");
        this.changes = serdes.value(Topics.CHANGES).serializer();
        this.progress = serdes.value(Topics.CAPTURE_PROGRESS).serializer();
        this.largestBytes = largestBytes;
    }

    /// A row as Debezium made it, for the topic that it named.
    ///
    /// @throws TooLargeException when Kafka would refuse it
    /// @throws dev.rowcast.schemas.registry.RegistryException when the registry is away or refuses the table's
    /// new shape
    /// @throws UnencodableException when a value has no place in the table's schema
    public ProducerRecord<byte[], byte[]> row(SourceRecord record) throws TooLargeException, UnencodableException {
        byte[] key = rows.encode(record.topic() + "-key", record.keySchema(), record.key());
        if (key == null && record.topic().endsWith("." + Topics.API_KEYS_TABLE)) {
            key = NO_KEY;
        }
        byte[] value = rows.encode(record.topic() + "-value", record.valueSchema(), record.value());
        return checked(new ProducerRecord<>(record.topic(), null, key, value));
    }

    /// A row for the dead letters, under schemas of its own, which the registry takes whatever they are.
    ///
    /// @throws TooLargeException when Kafka would refuse it
    /// @throws dev.rowcast.schemas.registry.RegistryException when the registry is away
    /// @throws UnencodableException when a value has no place in the table's schema
    public ProducerRecord<byte[], byte[]> aside(SourceRecord record) throws TooLargeException, UnencodableException {
        String subject = Topics.DEAD_LETTERS.name() + "." + record.topic();
        byte[] key = setAside.encode(subject + "-key", record.keySchema(), record.key());
        byte[] value = setAside.encode(subject + "-value", record.valueSchema(), record.value());
        return checked(new ProducerRecord<>(record.topic(), null, key, value));
    }

    /// @param tenant the record's key
    /// @param eventId goes into the header `ce_id`
    /// @throws TooLargeException when Kafka would refuse it
    public ProducerRecord<byte[], byte[]> change(int partition, String tenant, String eventId, Change change)
            throws TooLargeException {
        return checked(change(partition, tenant, List.of(header("ce_id", eventId)), change));
    }

    /// A record of `rowcast.changes` that is no row's.
    public ProducerRecord<byte[], byte[]> mark(int partition, String tenant, Change change) {
        return change(partition, tenant, List.of(), change);
    }

    public ProducerRecord<byte[], byte[]> progress(CaptureProgress record) {
        String topic = Topics.CAPTURE_PROGRESS.name();
        return new ProducerRecord<>(topic, 0, bytes(record.getSource()), progress.serialize(topic, record));
    }

    /// What could not become a change or a raw row, with the reason. A row that is too large is left out of it.
    ///
    /// @param row of the raw topic, when it could be encoded
    public ProducerRecord<byte[], byte[]> deadLetter(
            @Nullable ProducerRecord<byte[], byte[]> row, String table, long lsn, String code, String reason) {
        List<Header> headers = List.of(
                header("rowcast-error", code),
                header("rowcast-reason", reason),
                header("rowcast-table", table),
                header("rowcast-lsn", Long.toString(lsn)));
        return new ProducerRecord<>(
                Topics.DEAD_LETTERS.name(),
                0,
                row == null ? null : row.key(),
                row == null ? null : row.value(),
                headers);
    }

    private ProducerRecord<byte[], byte[]> change(int partition, String tenant, List<Header> headers, Change change) {
        String topic = Topics.CHANGES.name();
        return new ProducerRecord<>(topic, partition, bytes(tenant), changes.serialize(topic, change), headers);
    }

    private ProducerRecord<byte[], byte[]> checked(ProducerRecord<byte[], byte[]> record) throws TooLargeException {
        int size = size(record);
        if (size > largestBytes) {
            throw new TooLargeException(
                    "a record of %s would be %d bytes, the limit is %d".formatted(record.topic(), size, largestBytes));
        }
        return record;
    }

    /// Key and value together, in bytes.
    public static int size(ProducerRecord<byte[], byte[]> record) {
        return (record.key() == null ? 0 : record.key().length) + (record.value() == null ? 0 : record.value().length);
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
