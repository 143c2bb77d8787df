package dev.rowcast.ingest.publish;

import dev.rowcast.ingest.route.Nested;
import dev.rowcast.ingest.route.Unavailable;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/// Writes Connect values as Avro in the wire format, straight from the struct, under the rule that new readers
/// can read old rows. For one thread.
public final class RowEncoder {

    /// Debezium makes new schema objects when a table changes; the bound is far above what tables times changes
    /// reach.
    private static final int MOST_SCHEMAS = 4096;

    private final RegistryClient registry;
    private final String rule;
    private final Map<Schema, byte[]> headers = new IdentityHashMap<>();
    private final Set<String> ruled = new HashSet<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    private @Nullable BinaryEncoder encoder;

    /// @param rule which new shapes of a table the registry takes
    public RowEncoder(RegistryClient registry, String rule) {
        this.registry = registry;
        this.rule = rule;
    }

    /// @param subject such as `cdc.app.public.sources-value`
    /// @return null for null, which is a tombstone
    /// @throws dev.rowcast.schemas.registry.RegistryException when the registry is away or refuses the table's
    /// new shape
    /// @throws UnencodableException when a value has no place in the schema
    public byte @Nullable [] encode(String subject, @Nullable Schema schema, @Nullable Object value)
            throws UnencodableException {
        if (schema == null || value == null) {
            return null;
        }
        byte[] header = header(subject, schema);
        try {
            bytes.reset();
            bytes.writeBytes(header);
            BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, encoder);
            encoder = null; // what a failure leaves in it must not get into the next row
            writePresent(schema, value, out);
            out.flush();
            encoder = out;
            return bytes.toByteArray();
        } catch (IOException e) {
            // A byte array does not fail: it is a value that the schema has no place for.
            throw new UnencodableException("%s cannot hold %s".formatted(subject, e.getMessage()));
        }
    }

    private byte[] header(String subject, Schema schema) {
        byte[] known = headers.get(schema);
        if (known != null) {
            return known;
        }
        if (headers.size() >= MOST_SCHEMAS) {
            headers.clear();
        }
        if (ruled.add(subject)) {
            registry.setCompatibility(subject, rule);
        }
        byte[] header = WireFormat.header(registry.register(subject, AvroShape.of(schema)));
        headers.put(schema, header);
        return header;
    }

    private static void write(Schema schema, @Nullable Object value, BinaryEncoder out) throws IOException {
        if (schema.isOptional()) {
            out.writeIndex(value == null ? 0 : 1);
        }
        if (value != null) {
            writePresent(schema, value, out);
        } else if (!schema.isOptional()) {
            throw new IOException("no value in a column that must have one");
        }
    }

    private static void writePresent(Schema schema, Object value, BinaryEncoder out) throws IOException {
        switch (schema.type()) {
            case INT8, INT16, INT32 -> out.writeInt(((Number) value).intValue());
            case INT64 -> out.writeLong(((Number) value).longValue());
            case FLOAT32 -> out.writeFloat(((Number) value).floatValue());
            case FLOAT64 -> out.writeDouble(((Number) value).doubleValue());
            case BOOLEAN -> out.writeBoolean((Boolean) value);
            case STRING -> out.writeString(Unavailable.published((String) value));
            case BYTES -> bytes(value, out);
            case ARRAY -> array(schema, (Collection<?>) value, out);
            case MAP -> map(schema, (Map<?, ?>) value, out);
            case STRUCT -> struct((Struct) value, out);
        }
    }

    /// Null stays null: a default is for what was never written. Without one the field's place is enough.
    private static @Nullable Object value(Struct struct, Field field) {
        return field.schema().defaultValue() == null ? struct.get(field) : struct.getWithoutDefault(field.name());
    }

    private static void bytes(Object value, BinaryEncoder out) throws IOException {
        switch (value) {
            case byte[] array -> out.writeBytes(Unavailable.published(ByteBuffer.wrap(array)));
            case ByteBuffer buffer -> out.writeBytes(Unavailable.published(buffer.duplicate()));
            case BigDecimal number -> out.writeBytes(number.unscaledValue().toByteArray());
            default -> throw new IOException("not bytes: " + value.getClass());
        }
    }

    private static void array(Schema schema, Collection<?> captured, BinaryEncoder out) throws IOException {
        if (captured instanceof Nested) {
            throw new IOException("an array of more than one dimension");
        }
        Collection<?> values = Unavailable.isArray(captured)
                ? Unavailable.publishedArray(schema.valueSchema().type())
                : captured;
        out.writeArrayStart();
        out.setItemCount(values.size());
        for (Object value : values) {
            out.startItem();
            write(schema.valueSchema(), value, out);
        }
        out.writeArrayEnd();
    }

    private static void map(Schema schema, Map<?, ?> values, BinaryEncoder out) throws IOException {
        out.writeMapStart();
        out.setItemCount(values.size());
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            out.startItem();
            out.writeString(String.valueOf(entry.getKey()));
            write(schema.valueSchema(), entry.getValue(), out);
        }
        out.writeMapEnd();
    }

    private static void struct(Struct struct, BinaryEncoder out) throws IOException {
        if (AvroShape.isRow(struct.schema())) {
            row(struct, out);
            return;
        }
        List<Field> fields = struct.schema().fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            write(field.schema(), value(struct, field), out);
        }
    }

    private static void row(Struct row, BinaryEncoder out) throws IOException {
        List<Field> fields = row.schema().fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Object value = value(row, field);
            out.writeIndex(value == null ? 0 : 1);
            if (value != null) {
                writePresent(field.schema(), value, out);
            }
        }
    }
}
