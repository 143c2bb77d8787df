package dev.rowcast.streams.history;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/// Histories as bytes: a byte that says whether it is trimmed, then for each entry 4 bytes generation, 8 bytes offset,
/// 4 bytes length of the value, which is -1 where there is none, and the value.
public final class HistorySerde {

    private static final int ABSENT = -1;
    private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

    private HistorySerde() {}

    public static <V> Serde<History<V>> of(Serde<V> values) {
        Serializer<V> serializer = values.serializer();
        Deserializer<V> deserializer = values.deserializer();
        return Serdes.serdeFrom(
                (topic, history) -> bytes(serializer, topic, history),
                (topic, bytes) -> history(deserializer, topic, bytes));
    }

    // Kafka asks for null both ways: a missing value.
    @SuppressWarnings("NullAway")
    private static <V> byte[] bytes(Serializer<V> values, String topic, History<V> history) {
        if (history == null) {
            return null;
        }
        List<byte[]> encoded = history.entries().stream()
                .map(entry -> entry.value()
                        .map(value -> values.serialize(topic, value))
                        .orElse(new byte[0]))
                .toList();
        ByteBuffer buffer = ByteBuffer.allocate(1
                + HEADER_BYTES * encoded.size()
                + encoded.stream().mapToInt(value -> value.length).sum());
        buffer.put((byte) (history.trimmed() ? 1 : 0));
        for (int i = 0; i < encoded.size(); i++) {
            History.Entry<V> entry = history.entries().get(i);
            buffer.putInt(entry.at().generation())
                    .putLong(entry.at().offset())
                    .putInt(entry.value().isPresent() ? encoded.get(i).length : ABSENT)
                    .put(encoded.get(i));
        }
        return buffer.array();
    }

    @SuppressWarnings("NullAway")
    private static <V> History<V> history(Deserializer<V> values, String topic, byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        boolean trimmed = buffer.get() == 1;
        List<History.Entry<V>> entries = new ArrayList<>();
        while (buffer.hasRemaining()) {
            Moment at = new Moment(buffer.getInt(), buffer.getLong());
            int length = buffer.getInt();
            Optional<V> value = Optional.empty();
            if (length != ABSENT) {
                byte[] encoded = new byte[length];
                buffer.get(encoded);
                value = Optional.of(values.deserialize(topic, encoded));
            }
            entries.add(new History.Entry<>(at, value));
        }
        return new History<>(entries, trimmed);
    }
}
