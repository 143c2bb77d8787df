package dev.rowcast.streams.rows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// What is kept of a row.
///
/// @param columns column to JSON text
public record KeptRow(Map<String, String> columns) {

    /// For what is no row, but is known from a place in the log on.
    static final KeptRow MARK = new KeptRow(Map.of());

    public KeptRow {
        columns = Map.copyOf(columns);
    }

    /// Names and values in turn, each with its length in 4 bytes before it.
    static Serde<KeptRow> serde() {
        return Serdes.serdeFrom((topic, row) -> bytes(row), (topic, bytes) -> row(bytes));
    }

    // Kafka asks for null both ways: a missing value.
    @SuppressWarnings("NullAway")
    private static byte[] bytes(KeptRow row) {
        if (row == null) {
            return null;
        }
        List<byte[]> texts = new ArrayList<>();
        row.columns.forEach((name, value) -> {
            texts.add(name.getBytes(StandardCharsets.UTF_8));
            texts.add(value.getBytes(StandardCharsets.UTF_8));
        });
        ByteBuffer buffer = ByteBuffer.allocate(
                texts.stream().mapToInt(text -> Integer.BYTES + text.length).sum());
        texts.forEach(text -> buffer.putInt(text.length).put(text));
        return buffer.array();
    }

    @SuppressWarnings("NullAway")
    private static KeptRow row(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Map<String, String> columns = new LinkedHashMap<>();
        while (buffer.hasRemaining()) {
            columns.put(text(buffer), text(buffer));
        }
        return new KeptRow(columns);
    }

    private static String text(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.getInt()];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
