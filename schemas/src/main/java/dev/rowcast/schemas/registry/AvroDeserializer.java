package dev.rowcast.schemas.registry;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Reads Avro records in the wire format. For one thread, as Kafka uses it.
final class AvroDeserializer<T extends GenericContainer> implements Deserializer<T> {

    /// Makes a reader for records of this writer schema.
    interface Readers<T> {
        DatumReader<T> of(Schema writer);
    }

    private final RegistryClient registry;
    private final Readers<T> readers;
    private final Map<Integer, DatumReader<T>> readersById = new HashMap<>();
    private @Nullable BinaryDecoder decoder;

    AvroDeserializer(RegistryClient registry, Readers<T> readers) {
        this.registry = registry;
        this.readers = readers;
    }

    /// @throws RegistryException when the schema cannot be had; `UNAVAILABLE` is worth another try
    /// @throws SerializationException when the bytes are not such a record, which no other try will change
    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        int id = WireFormat.schemaId(bytes);
        DatumReader<T> reader = readersById.computeIfAbsent(id, unseen -> readers.of(registry.schema(unseen)));
        try {
            decoder = DecoderFactory.get()
                    .binaryDecoder(bytes, WireFormat.HEADER_BYTES, bytes.length - WireFormat.HEADER_BYTES, decoder);
            return reader.read(null, decoder);
        } catch (IOException | RuntimeException e) {
            // Of damaged bytes Avro throws nearly any.
            throw new SerializationException("cannot read a record of %s with schema %d".formatted(topic, id), e);
        }
    }
}
