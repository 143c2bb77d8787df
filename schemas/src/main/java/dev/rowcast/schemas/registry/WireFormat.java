package dev.rowcast.schemas.registry;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;

/// Confluent's framing: a zero byte, the schema's id in 4 bytes, then Avro binary.
public final class WireFormat {

    /// How many bytes stand before the Avro binary.
    public static final int HEADER_BYTES = 5;

    private static final byte MAGIC = 0;

    private WireFormat() {}

    /// The framing of a record that was written with the schema of this id.
    public static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
    }

    /// The id of the schema that the record was written with.
    ///
    /// @throws SerializationException when the bytes are not framed
    public static int schemaId(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != MAGIC) {
            throw new SerializationException(
                    "%d bytes that do not begin with a zero byte and a schema id are not Avro in the wire format"
                            .formatted(bytes.length));
        }
        return ByteBuffer.wrap(bytes, 1, 4).getInt();
    }
}
