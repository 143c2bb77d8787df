package dev.rowcast.ingest.engine;

import io.debezium.data.Json;
import io.debezium.data.Uuid;
import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/// What the elements of an array column are, and how their texts are read.
enum ArrayElement {
    SMALL(Schema.OPTIONAL_INT16_SCHEMA),
    INT(Schema.OPTIONAL_INT32_SCHEMA),
    LONG(Schema.OPTIONAL_INT64_SCHEMA),
    FLOAT(Schema.OPTIONAL_FLOAT32_SCHEMA),
    DOUBLE(Schema.OPTIONAL_FLOAT64_SCHEMA),
    FLAG(Schema.OPTIONAL_BOOLEAN_SCHEMA),
    BYTES(Schema.OPTIONAL_BYTES_SCHEMA),
    JSON(Json.builder().optional().build()),
    UUID(Uuid.builder().optional().build()),
    /// A text, because Avro has no number for `NaN` in it.
    NUMERIC(Schema.OPTIONAL_STRING_SCHEMA),
    TIMESTAMP(Schema.OPTIONAL_STRING_SCHEMA),
    TIMESTAMP_WITH_ZONE(Schema.OPTIONAL_STRING_SCHEMA),
    /// Elements are separated by semicolons, because their text has commas.
    BOX(Schema.OPTIONAL_STRING_SCHEMA),
    TEXT(Schema.OPTIONAL_STRING_SCHEMA);

    private static final DateTimeFormatter WITH_ZONE = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendOffset("+HH:mm", "+00")
            .toFormatter(java.util.Locale.ROOT);

    private final Schema schema;

    ArrayElement(Schema schema) {
        this.schema = schema;
    }

    Schema schema() {
        return schema;
    }

    char separator() {
        return this == BOX ? ';' : ',';
    }

    /// @param arrayOid of the array's type
    static ArrayElement of(int arrayOid) {
        return switch (arrayOid) {
            case 1005 -> SMALL;
            case 1007 -> INT;
            case 1016, 1028 -> LONG;
            case 1021 -> FLOAT;
            case 1022 -> DOUBLE;
            case 1000 -> FLAG;
            case 1001 -> BYTES;
            case 199, 3807 -> JSON;
            case 2951 -> UUID;
            case 1231 -> NUMERIC;
            case 1115 -> TIMESTAMP;
            case 1185 -> TIMESTAMP_WITH_ZONE;
            case 1020 -> BOX;
            default -> TEXT;
        };
    }

    /// @param text as Postgres writes it
    /// @throws IllegalArgumentException when it is none of this kind
    Object value(String text) {
        return switch (this) {
            case SMALL -> Short.valueOf(text);
            case INT -> Integer.valueOf(text);
            case LONG -> Long.valueOf(text);
            case FLOAT -> Float.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case FLAG -> text.startsWith("t");
            case BYTES -> ByteBuffer.wrap(bytes(text));
            case TIMESTAMP -> text.replace(' ', 'T');
            case TIMESTAMP_WITH_ZONE -> inUtc(text);
            case JSON, UUID, NUMERIC, BOX, TEXT -> text;
        };
    }

    /// @param elements each a text, null, or a list of such
    String json(List<@Nullable Object> elements) {
        return elements.stream().map(this::json).collect(Collectors.joining(",", "[", "]"));
    }

    @SuppressWarnings("unchecked")
    private String json(@Nullable Object element) {
        return switch (element) {
            case null -> "null";
            case List<?> list -> json((List<@Nullable Object>) list);
            default -> scalar(String.valueOf(element));
        };
    }

    private String scalar(String text) {
        return switch (this) {
            case SMALL, INT, LONG, JSON -> text;
            case FLOAT, DOUBLE, NUMERIC ->
                // NaN and the infinities end in a letter.
                Character.isLetter(text.charAt(text.length() - 1)) ? quoted(text) : text;
            case FLAG -> String.valueOf(text.startsWith("t"));
            case BYTES -> quoted(Base64.getEncoder().encodeToString(bytes(text)));
            case UUID, TIMESTAMP, TIMESTAMP_WITH_ZONE, BOX, TEXT -> quoted(String.valueOf(value(text)));
        };
    }

    private static byte[] bytes(String text) {
        return HexFormat.of().parseHex(text, 2, text.length());
    }

    /// Infinities and years before our era stay as they are.
    private static String inUtc(String text) {
        try {
            return OffsetDateTime.parse(text, WITH_ZONE)
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toInstant()
                    .toString();
        } catch (DateTimeParseException e) {
            return text.replace(' ', 'T');
        }
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder().append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        return quoted.append('"').toString();
    }
}
