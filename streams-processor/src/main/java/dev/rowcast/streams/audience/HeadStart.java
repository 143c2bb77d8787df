package dev.rowcast.streams.audience;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/// Lets changes overtake commands. Of what waits, Kafka Streams takes the earliest first, so ten thousand clients that
/// come back at once would hold up every change that is written meanwhile. Commands count as a little later than they
/// are; the two need no common order. When no change waits, a command is taken at once; and changes that never end
/// keep it waiting for no longer than the head start.
final class HeadStart implements TimestampExtractor {

    static final long MS = 1_000;

    @Override
    public long extract(ConsumerRecord<Object, Object> command, long partitionTime) {
        return Math.max(0, command.timestamp()) + MS;
    }

    /// When the command was written, by what [#extract] made of it.
    static long undo(long timestampMs) {
        return Math.max(0, timestampMs - MS);
    }
}
