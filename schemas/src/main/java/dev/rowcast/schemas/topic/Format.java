package dev.rowcast.schemas.topic;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;

/// How a topic's keys or values are written.
///
/// @param <T> the Java type
public sealed interface Format<T> {

    /// UTF-8 text without framing, so that a key's partition depends on nothing but the text.
    record Text() implements Format<String> {}

    /// A generated class in Confluent's wire format.
    record Avro<T extends SpecificRecord>(Class<T> type, Schema schema) implements Format<T> {}

    /// Rows of a captured table in Confluent's wire format; the schema follows the table.
    record Row() implements Format<GenericRecord> {}

    /// Bytes as they came.
    record Bytes() implements Format<byte[]> {}
}
