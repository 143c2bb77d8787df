package dev.rowcast.ingest.route;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How the connector writes "this large value did not change, so the log does not repeat it", in each type that
/// Postgres stores out of line. It is not a value and must never be taken for one.
public final class Unavailable {

    /// The connector's own default, which consumers of the raw topics know.
    public static final String TEXT = "__debezium_unavailable_value";

    private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);
    private static final List<Object> INTEGERS = new ArrayList<>();
    private static final List<Object> LONGS = new ArrayList<>();
    private static final List<String> UUIDS =
            List.of(UUID.nameUUIDFromBytes(BYTES).toString());

    static {
        for (byte b : BYTES) {
            INTEGERS.add((int) b);
            LONGS.add((long) b);
        }
    }

    private Unavailable() {}

    /// Whether the value stands for one that the log does not repeat.
    public static boolean is(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case String text -> text.equals(TEXT);
            case byte[] bytes -> ByteBuffer.wrap(bytes).equals(ByteBuffer.wrap(BYTES));
            case ByteBuffer bytes -> bytes.equals(ByteBuffer.wrap(BYTES));
            case List<?> list -> list.size() == 1 && is(list.getFirst()) || isList(list);
            case Map<?, ?> map -> map.size() == 1 && TEXT.equals(map.get(TEXT));
            default -> false;
        };
    }

    private static boolean isList(List<?> list) {
        return list.equals(INTEGERS) || list.equals(LONGS) || list.equals(UUIDS);
    }
}
