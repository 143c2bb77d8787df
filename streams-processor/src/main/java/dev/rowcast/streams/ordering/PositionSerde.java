package dev.rowcast.streams.ordering;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// Positions as 16 bytes: epoch, then offset.
public final class PositionSerde {

    private PositionSerde() {}

    public static Serde<Position> create() {
        return Serdes.serdeFrom((topic, position) -> bytes(position), (topic, bytes) -> position(bytes));
    }

    // Kafka asks for null both ways: a missing value.
    @SuppressWarnings("NullAway")
    private static byte[] bytes(Position position) {
        return position == null
                ? null
                : ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(position.epoch())
                        .putLong(position.offset())
                        .array();
    }

    @SuppressWarnings("NullAway")
    private static Position position(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Position(buffer.getLong(), buffer.getLong());
    }
}
