package dev.rowcast.ingest.publish;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema.Type;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/// Connect schemas as Avro schemas. What Avro has no word for (the semantic name, its version and parameters)
/// is kept in the properties that Confluent's converters use, so that their readers see the same.
final class AvroShape {

    private static final String DEFAULT_NAME = "ConnectDefault";

    private final Map<String, org.apache.avro.Schema> recordsByName = new HashMap<>();
    private int unnamed;

    private AvroShape() {}

    static org.apache.avro.Schema of(Schema schema) {
        return new AvroShape().convert(schema, true);
    }

    private org.apache.avro.Schema convert(Schema schema, boolean top) {
        org.apache.avro.Schema plain = annotated(plain(schema), schema);
        return schema.isOptional() && !top ? nullable(plain) : plain;
    }

    private static org.apache.avro.Schema nullable(org.apache.avro.Schema plain) {
        return org.apache.avro.Schema.createUnion(org.apache.avro.Schema.create(Type.NULL), plain);
    }

    /// Whether it holds the columns of a row. These may all be null for Avro, so that a column that becomes `not
    /// null`, or is added as such, leaves the topic readable for everybody.
    static boolean isRow(Schema schema) {
        return schema.isOptional() && schema.name() != null && schema.name().endsWith(".Value");
    }

    private org.apache.avro.Schema plain(Schema schema) {
        return switch (schema.type()) {
            case INT8, INT16, INT32 -> org.apache.avro.Schema.create(Type.INT);
            case INT64 -> org.apache.avro.Schema.create(Type.LONG);
            case FLOAT32 -> org.apache.avro.Schema.create(Type.FLOAT);
            case FLOAT64 -> org.apache.avro.Schema.create(Type.DOUBLE);
            case BOOLEAN -> org.apache.avro.Schema.create(Type.BOOLEAN);
            case STRING -> org.apache.avro.Schema.create(Type.STRING);
            case BYTES -> org.apache.avro.Schema.create(Type.BYTES);
            case ARRAY -> org.apache.avro.Schema.createArray(convert(schema.valueSchema(), false));
            case MAP -> org.apache.avro.Schema.createMap(convert(schema.valueSchema(), false));
            case STRUCT -> struct(schema);
        };
    }

    private org.apache.avro.Schema struct(Schema schema) {
        String name = schema.name() == null ? DEFAULT_NAME + unnamed++ : AvroNames.fullName(schema.name());
        org.apache.avro.Schema known = recordsByName.get(name);
        if (known != null) {
            return known;
        }
        org.apache.avro.Schema struct = org.apache.avro.Schema.createRecord(name, schema.doc(), null, false);
        recordsByName.put(name, struct);
        List<org.apache.avro.Schema.Field> fields = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        boolean row = isRow(schema);
        for (Field field : schema.fields()) {
            org.apache.avro.Schema type = convert(field.schema(), row);
            fields.add(new org.apache.avro.Schema.Field(
                    AvroNames.unique(field.name(), taken),
                    row ? nullable(type) : type,
                    field.schema().doc(),
                    row ? JsonProperties.NULL_VALUE : defaultValue(field.schema())));
        }
        struct.setFields(fields);
        return struct;
    }

    /// A default lets readers of the newer schema read older rows: null where a column may be null, the
    /// column's own where it is a plain value.
    private static @org.jspecify.annotations.Nullable Object defaultValue(Schema schema) {
        if (schema.isOptional()) {
            return JsonProperties.NULL_VALUE;
        }
        return switch (schema.defaultValue()) {
            case Short number -> number.intValue();
            case Byte number -> number.intValue();
            case Integer number -> number;
            case Long number -> number;
            case Float number -> number;
            case Double number -> number;
            case Boolean flag -> flag;
            case String text -> text;
            case null, default -> null;
        };
    }

    private static org.apache.avro.Schema annotated(org.apache.avro.Schema avro, Schema schema) {
        if (schema.name() != null && avro.getObjectProp("connect.name") == null) {
            avro.addProp("connect.name", schema.name());
            if (schema.version() != null) {
                avro.addProp("connect.version", schema.version());
            }
            if (schema.parameters() != null) {
                avro.addProp("connect.parameters", schema.parameters());
            }
        } else if (schema.parameters() != null && avro.getObjectProp("connect.parameters") == null) {
            avro.addProp("connect.parameters", schema.parameters());
        }
        return avro;
    }
}
