package dev.rowcast.streams.audience;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// What a node said when it attached.
///
/// @param home the partition of `rowcast.deliveries` that it reads
/// @param leaseMs how long it may be silent; between [#SHORTEST] and [#LONGEST]
record Attachment(int home, long leaseMs) {

    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofHours(1);

    Attachment {
        leaseMs = Math.clamp(leaseMs, SHORTEST.toMillis(), LONGEST.toMillis());
    }

    /// 12 bytes: home, then lease.
    static Serde<Attachment> serde() {
        return Serdes.serdeFrom((topic, attachment) -> bytes(attachment), (topic, bytes) -> attachment(bytes));
    }

    // Kafka asks for null both ways: a missing value.
    @SuppressWarnings("NullAway")
    private static byte[] bytes(Attachment attachment) {
        return attachment == null
                ? null
                : ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                        .putInt(attachment.home)
                        .putLong(attachment.leaseMs)
                        .array();
    }

    @SuppressWarnings("NullAway")
    private static Attachment attachment(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Attachment(buffer.getInt(), buffer.getLong());
    }
}
