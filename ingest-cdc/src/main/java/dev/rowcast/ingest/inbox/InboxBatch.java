package dev.rowcast.ingest.inbox;

import dev.rowcast.schemas.inbox.InboxPosition;
import dev.rowcast.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// What goes into one Kafka transaction: events, dead letters, and how far the inbox is read with them. Small, because
/// rows wait meanwhile. For one thread.
final class InboxBatch {

    private static final int MOST_RECORDS = 500;
    private static final int MOST_BYTES = 1024 * 1024;

    private final String topicId;
    private final String source;
    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    private int bytes;
    private int events;
    private int repetitions;
    private int deadLetters;

    InboxBatch(String topicId, String source) {
        this.topicId = topicId;
        this.source = source;
    }

    /// @param changes one for each shard that it addresses
    void event(List<ProducerRecord<byte[], byte[]>> changes) {
        changes.forEach(this::add);
        events++;
    }

    void deadLetter(ProducerRecord<byte[], byte[]> letter) {
        add(letter);
        deadLetters++;
    }

    void repetition() {
        repetitions++;
    }

    /// Everything of the partition before this offset is in this batch or an earlier one.
    void readTo(int partition, long offset) {
        positions.put(
                new TopicPartition(Topics.INBOX.name(), partition), InboxPosition.stored(offset, topicId, source));
    }

    boolean isEmpty() {
        return positions.isEmpty();
    }

    boolean isFull() {
        return events + repetitions + deadLetters >= MOST_RECORDS || bytes >= MOST_BYTES;
    }

    List<ProducerRecord<byte[], byte[]>> records() {
        return records;
    }

    Map<TopicPartition, OffsetAndMetadata> positions() {
        return positions;
    }

    void reportTo(InboxMeter meter) {
        meter.published(events, repetitions, deadLetters);
    }

    private void add(ProducerRecord<byte[], byte[]> record) {
        records.add(record);
        bytes += EventEncoder.size(record);
    }
}
