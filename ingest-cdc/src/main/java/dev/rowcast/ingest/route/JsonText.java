package dev.rowcast.ingest.route;

import io.debezium.connector.postgresql.PostgresValueConverter;
import java.nio.ByteBuffer;
import java.sql.Date;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import tools.jackson.core.io.JsonStringEncoder;

/// Column values as JSON text, without loss: numbers keep every digit, times are ISO 8601, `json` and `jsonb`
/// stay JSON, `bytea` is base64. What JSON has no number for (NaN, infinity) is a string.
final class JsonText {

    private static final String NULL = "null";
    private static final Set<String> NUMBERS = Set.of("NUMERIC", "MONEY");
    private static final String BITS = "io.debezium.data.Bits";
    private static final long MICROS = 1_000_000L;

    /// How the connector tells an infinite timestamp without a zone.
    private static final Set<Long> INFINITE_MICROS = Set.of(9223372036825200000L, -9223372036832400000L);

    /// How the connector tells infinite dates: from the log both far in the past, a day apart; from a snapshot
    /// what is left of the driver's dates in 32 bits.
    private static final Set<Long> INFINITE_DAYS = Set.of(
            PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE.toEpochDay(),
            snapshotDay(PGStatement.DATE_POSITIVE_INFINITY));

    private static final Set<Long> MINUS_INFINITE_DAYS = Set.of(
            PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE.toEpochDay(),
            snapshotDay(PGStatement.DATE_NEGATIVE_INFINITY));

    private JsonText() {}

    /// @param schema the column's, with the semantic name and the source type that the connector gave it
    static String of(Schema schema, @Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(schema, value, out);
        return out.toString();
    }

    /// The value as plain text, as keys, tenants and ids have it.
    static String plain(Schema schema, Object value) {
        if (value instanceof String text) {
            return text;
        }
        String json = of(schema, value);
        return json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
    }

    private static void write(Schema schema, @Nullable Object value, StringBuilder out) {
        switch (value) {
            case null -> out.append(NULL);
            case String text -> text(schema, text, out);
            case Boolean flag -> out.append(flag);
            case Long number when schema.name() != null -> time(schema.name(), number, out);
            case Integer number when schema.name() != null -> time(schema.name(), number, out);
            case Double number when !Double.isFinite(number) -> quote(number.toString(), out);
            case Float number when !Float.isFinite(number) -> quote(number.toString(), out);
            case Number number -> out.append(number);
            case byte[] bytes when BITS.equals(schema.name()) -> bits(schema, bytes, out);
            case byte[] bytes -> quote(Base64.getEncoder().encodeToString(bytes), out);
            case ByteBuffer bytes -> quote(Base64.getEncoder().encodeToString(array(bytes)), out);
            case Nested nested -> out.append(nested.json());
            case List<?> list -> list(schema, list, out);
            case Map<?, ?> map -> map(schema, map, out);
            case Struct struct -> struct(struct, out);
            default -> quote(value.toString(), out);
        }
    }

    private static void text(Schema schema, String text, StringBuilder out) {
        boolean number = isNumber(schema);
        if (number && isSpecial(text)) {
            quote(special(text), out);
        } else if (number || "io.debezium.data.Json".equals(schema.name())) {
            out.append(text);
        } else {
            quote(text, out);
        }
    }

    private static boolean isNumber(Schema schema) {
        return schema.parameters() != null && NUMBERS.contains(typeName(schema.parameters()));
    }

    private static String typeName(Map<String, String> parameters) {
        return parameters.getOrDefault("__debezium.source.column.type", "");
    }

    /// `NaN`, `Infinity` and `-Infinity`, in either case.
    private static boolean isSpecial(String number) {
        return number.isEmpty() || Character.isLetter(number.charAt(number.length() - 1));
    }

    /// As Postgres spells it, whatever the connector makes of it.
    private static String special(String number) {
        String upper = number.toUpperCase(java.util.Locale.ROOT);
        if (upper.startsWith("NAN")) {
            return "NaN";
        }
        return upper.startsWith("-") || upper.startsWith("NEG") ? "-Infinity" : "Infinity";
    }

    private static void time(String semanticName, long value, StringBuilder out) {
        switch (semanticName) {
            case "io.debezium.time.Date" -> quote(date(value), out);
            case "io.debezium.time.Time" ->
                quote(LocalTime.ofNanoOfDay(value * 1_000_000).toString(), out);
            case "io.debezium.time.MicroTime" -> quote(timeOfDay(value), out);
            case "io.debezium.time.Timestamp" -> quote(timestamp(Math.multiplyExact(value, 1_000)), out);
            case "io.debezium.time.MicroTimestamp" -> quote(timestamp(value), out);
            default -> out.append(value);
        }
    }

    private static long snapshotDay(long driversInfinity) {
        return (int) new Date(driversInfinity).toLocalDate().toEpochDay();
    }

    private static String date(long days) {
        if (INFINITE_DAYS.contains(days)) {
            return "infinity";
        }
        if (MINUS_INFINITE_DAYS.contains(days)) {
            return "-infinity";
        }
        return LocalDate.ofEpochDay(days).toString();
    }

    /// Postgres has 24:00:00, which Java has not.
    private static String timeOfDay(long micros) {
        return micros == 24 * 3600 * MICROS
                ? "24:00:00"
                : LocalTime.ofNanoOfDay(micros * 1_000).toString();
    }

    private static String timestamp(long micros) {
        if (INFINITE_MICROS.contains(micros)) {
            return micros > 0 ? "infinity" : "-infinity";
        }
        Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
    }

    /// The connector has the lowest bit first, and leaves out what is zero at the end.
    private static void bits(Schema schema, byte[] bytes, StringBuilder out) {
        BitSet set = BitSet.valueOf(bytes);
        out.append('"');
        for (int i = Integer.parseInt(schema.parameters().get("length")) - 1; i >= 0; i--) {
            out.append(set.get(i) ? '1' : '0');
        }
        out.append('"');
    }

    private static void list(Schema schema, List<?> list, StringBuilder out) {
        String separator = "[";
        for (Object element : list) {
            out.append(separator);
            write(elementSchema(schema), element, out);
            separator = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
    }

    /// Elements of a numeric array say nothing of their source type; the array does.
    private static Schema elementSchema(Schema array) {
        Schema element = array.valueSchema();
        boolean numeric = array.parameters() != null
                && typeName(array.parameters()).equals("_NUMERIC")
                && element.type() == Schema.Type.STRING;
        return numeric ? NUMERIC : element;
    }

    private static final Schema NUMERIC = org.apache.kafka.connect.data.SchemaBuilder.string()
            .optional()
            .parameter("__debezium.source.column.type", "NUMERIC")
            .build();

    private static void map(Schema schema, Map<?, ?> map, StringBuilder out) {
        out.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<?, ?> entry = entries.next();
            quote(String.valueOf(entry.getKey()), out);
            out.append(':');
            write(schema.valueSchema(), entry.getValue(), out);
            out.append(entries.hasNext() ? "," : "");
        }
        out.append('}');
    }

    private static void struct(Struct struct, StringBuilder out) {
        String separator = "{";
        for (Field field : struct.schema().fields()) {
            out.append(separator);
            quote(field.name(), out);
            out.append(':');
            write(field.schema(), struct.get(field), out);
            separator = ",";
        }
        out.append(struct.schema().fields().isEmpty() ? "{}" : "}");
    }

    private static byte[] array(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }
}
