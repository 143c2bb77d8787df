package dev.rowcast.streams.audience;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// What a node said when it attached.
///
/// @param home the partition of `rowcast.deliveries` that it reads
/// @param leaseMs how long it may be silent; between [#SHORTEST] and [#LONGEST]
/// @param told whether it certainly was told that it has nothing. A crash can take that answer back and leave the
///     attachment
record Attachment(int home, long leaseMs, boolean told) {

    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofHours(1);

    Attachment {
        leaseMs = Math.clamp(leaseMs, SHORTEST.toMillis(), LONGEST.toMillis());
    }

    Attachment(int home, long leaseMs) {
        this(home, leaseMs, false);
    }

    Attachment withTold(boolean now) {
        return new Attachment(home, leaseMs, now);
    }

    /// 13 bytes: home, lease, and 1 when it was told. Those of 12 bytes were all held to be told.
    static Serde<Attachment> serde() {
        return Serdes.serdeFrom((topic, attachment) -> bytes(attachment), (topic, bytes) -> attachment(bytes));
    }

    // Kafka asks for null both ways: a missing value.
    @SuppressWarnings("NullAway")
    private static byte[] bytes(Attachment attachment) {
        return attachment == null
                ? null
                : ByteBuffer.allocate(Integer.BYTES + Long.BYTES + 1)
                        .putInt(attachment.home)
                        .putLong(attachment.leaseMs)
                        .put((byte) (attachment.told ? 1 : 0))
                        .array();
    }

    @SuppressWarnings("NullAway")
    private static Attachment attachment(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Attachment(buffer.getInt(), buffer.getLong(), !buffer.hasRemaining() || buffer.get() == 1);
    }
}
