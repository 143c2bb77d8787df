package dev.rowcast.ingest.route;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/// How "this large value did not change, so the log does not repeat it" stands in a captured row, in each type
/// that Postgres stores out of line. It is not a value and must never be taken for one, nor a value for it.
///
/// The connector tells it by a text that it is given. The text that its users know could be somebody's value,
/// so inside of ingest it is one that nobody can guess; [#PUBLISHED] replaces it where the row leaves.
public final class Unavailable {

    /// What the raw topics have instead: the connector's own default, which their consumers know.
    public static final String PUBLISHED = "__debezium_unavailable_value";

    /// What the connector is told to write.
    public static final String TEXT = "rowcast_unchanged_"
            + HexFormat.of()
                    .formatHex(ByteBuffer.allocate(16)
                            .putLong(RandomGenerator.of("SecureRandom").nextLong())
                            .putLong(RandomGenerator.of("SecureRandom").nextLong())
                            .array());

    /// Of an array.
    public static final List<Object> ARRAY = new UnchangedArray();

    private static final String HSTORE = "{\"" + TEXT + "\":\"" + TEXT + "\"}";
    private static final byte[] PUBLISHED_BYTES = PUBLISHED.getBytes(StandardCharsets.UTF_8);
    private static final ByteBuffer BYTES = ByteBuffer.wrap(TEXT.getBytes(StandardCharsets.UTF_8));

    private Unavailable() {}

    /// Whether the value stands for one that the log does not repeat.
    public static boolean is(@Nullable Object value) {
        return switch (value) {
            case String text -> isText(text);
            case byte[] bytes -> isBytes(ByteBuffer.wrap(bytes));
            case ByteBuffer bytes -> isBytes(bytes);
            case UnchangedArray array -> true;
            case null, default -> false;
        };
    }

    /// The text for the raw topic, which is the text itself unless it stands for an unchanged value.
    public static String published(String text) {
        if (!isText(text)) {
            return text;
        }
        return text.equals(TEXT) ? PUBLISHED : HSTORE.replace(TEXT, PUBLISHED);
    }

    /// The bytes for the raw topic, which are the bytes themselves unless they stand for an unchanged value.
    public static ByteBuffer published(ByteBuffer bytes) {
        return isBytes(bytes) ? ByteBuffer.wrap(PUBLISHED_BYTES) : bytes;
    }

    /// What the raw topic has for [#ARRAY]: as the connector does it, and nothing where it has no way.
    public static List<Object> publishedArray(Schema.Type elements) {
        return switch (elements) {
            case STRING -> List.of(PUBLISHED);
            case BYTES -> List.of(PUBLISHED_BYTES);
            case INT32 -> PUBLISHED.chars().<Object>mapToObj(each -> each).toList();
            case INT64 ->
                PUBLISHED.chars().<Object>mapToObj(each -> (long) each).toList();
            case INT8, INT16, FLOAT32, FLOAT64, BOOLEAN, ARRAY, MAP, STRUCT -> List.of();
        };
    }

    /// Whether it is [#ARRAY], and not an array that happens to be empty.
    public static boolean isArray(Collection<?> values) {
        return values instanceof UnchangedArray;
    }

    private static boolean isText(String text) {
        return text.equals(TEXT) || text.equals(HSTORE);
    }

    private static boolean isBytes(ByteBuffer bytes) {
        return bytes.equals(BYTES);
    }

    /// Known by its class: to the connector it is a list without elements.
    private static final class UnchangedArray extends AbstractList<Object> {
        @Override
        public Object get(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public int size() {
            return 0;
        }
    }
}
