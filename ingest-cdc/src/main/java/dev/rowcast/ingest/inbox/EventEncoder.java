package dev.rowcast.ingest.inbox;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.inbox.Refusal;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.RequestHeader;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// What the inbox's records become, as bytes. For one thread.
final class EventEncoder {

    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int TRACEPARENT_CHARS = 55;
    private static final int LONGEST_REASON = 1_000;

    private final InboxSettings settings;
    private final Serializer<Change> changes;
    private final Placement placement;

    EventEncoder(InboxSettings settings, TopicSerdes serdes) {
        this.settings = settings;
        this.changes = serdes.value(Topics.CHANGES).serializer();
        this.placement = Placement.of(settings.catalog(), settings.changesPartitions());
    }

    /// Whether the name is that of a part of another tenant.
    boolean isShard(String tenant) {
        return placement.isReserved(new TenantId(tenant));
    }

    /// The event at its place in the tenant's log; of a tenant that is split, in each shard that it addresses.
    List<ProducerRecord<byte[], byte[]>> changes(String tenant, PublishedEvent event, Headers headers) {
        String topic = Topics.CHANGES.name();
        Change change = new Change(
                settings.epoch().value(),
                settings.catalog().source(),
                ChronoUnit.MICROS.between(Instant.EPOCH, settings.clock().instant()),
                traceparent(headers),
                event);
        byte[] value = changes.serialize(topic, change);
        List<Header> more = withRequest(headers, List.of(header("ce_id", event.getId())));
        return placement.keysOfEvent(new TenantId(tenant), event.getChannels()).stream()
                .map(key -> new ProducerRecord<>(topic, placement.partition(key), bytes(key.value()), value, more))
                .toList();
    }

    /// The record as it was, and why and where. When it is larger than Kafka takes, only the latter: the record itself
    /// is in the inbox for as long as that keeps it.
    ProducerRecord<byte[], byte[]> deadLetter(ConsumerRecord<byte[], byte[]> record, Refusal refusal) {
        List<Header> why =
                headers(refusal.code().name(), refusal.reason(), record.topic(), record.partition(), record.offset());
        List<Header> headers = new ArrayList<>(List.of(record.headers().toArray()));
        headers.addAll(why);
        ProducerRecord<byte[], byte[]> whole = deadLetter(record.key(), record.value(), headers);
        return fits(whole) ? whole : deadLetter(null, null, withRequest(record.headers(), why));
    }

    private static List<Header> withRequest(Headers of, List<Header> headers) {
        return Stream.concat(RequestHeader.in(of).map(RequestHeader::of).stream(), headers.stream())
                .toList();
    }

    /// Says that a position could not be kept.
    ProducerRecord<byte[], byte[]> deadLetter(InboxStart.Loss loss) {
        return deadLetter(
                null,
                null,
                headers(loss.kind().name(), loss.reason(), Topics.INBOX.name(), loss.partition(), loss.stored()));
    }

    /// Whether Kafka takes it.
    boolean fits(ProducerRecord<byte[], byte[]> record) {
        return size(record) <= settings.kafka().largestRecordBytes();
    }

    /// Key, value and headers together, in bytes.
    static int size(ProducerRecord<byte[], byte[]> record) {
        int size = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size += header.key().length() + length(header.value());
        }
        return size;
    }

    private static ProducerRecord<byte[], byte[]> deadLetter(
            byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        return new ProducerRecord<>(Topics.DEAD_LETTERS.name(), 0, key, value, headers);
    }

    private static List<Header> headers(String code, String reason, String topic, int partition, long offset) {
        return List.of(
                header("rowcast-error", code),
                header("rowcast-reason", reason.substring(0, Math.min(reason.length(), LONGEST_REASON))),
                header("rowcast-topic", topic),
                header("rowcast-partition", Integer.toString(partition)),
                header("rowcast-offset", Long.toString(offset)));
    }

    private static @Nullable String traceparent(Headers headers) {
        Header header = headers.lastHeader(Inbox.TRACEPARENT);
        if (header == null || length(header.value()) != TRACEPARENT_CHARS) {
            return null;
        }
        String text = new String(header.value(), StandardCharsets.US_ASCII);
        return TRACEPARENT.matcher(text).matches() ? text : null;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
