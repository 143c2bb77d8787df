package dev.rowcast.schemas.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.ToIntFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Writes Avro records in the wire format, registering their schema on first sight. For one thread, as Kafka uses it.
final class AvroSerializer<T extends GenericContainer> implements Serializer<T> {

    private final ToIntFunction<Schema> ids;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private @Nullable BinaryEncoder encoder;
    private @Nullable Schema schema;
    private @Nullable DatumWriter<T> writer;
    private byte[] header = new byte[0];

    /// @param ids the registry's id of a schema under this serializer's subject
    AvroSerializer(ToIntFunction<Schema> ids) {
        this.ids = ids;
    }

    @Override
    @SuppressWarnings({"ReferenceEquality", "unchecked"
    }) // identity is the fast path; another object is looked up again
    public byte @Nullable [] serialize(String topic, @Nullable T record) {
        if (record == null) {
            return null;
        }
        DatumWriter<T> current = writer;
        if (current == null || record.getSchema() != schema) {
            schema = record.getSchema();
            header = WireFormat.header(ids.applyAsInt(record.getSchema()));
            current = (DatumWriter<T>) SpecificData.get().createDatumWriter(record.getSchema());
            writer = current;
        }
        try {
            bytes.reset();
            bytes.writeBytes(header);
            BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, encoder);
            encoder = null; // what a failure leaves in it must not get into the next record
            current.write(record, out);
            out.flush();
            encoder = out;
            return bytes.toByteArray();
        } catch (IOException | RuntimeException e) {
            throw new SerializationException(
                    "cannot write a %s to %s".formatted(record.getSchema().getFullName(), topic), e);
        }
    }
}
