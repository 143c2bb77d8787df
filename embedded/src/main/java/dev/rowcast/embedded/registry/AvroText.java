package dev.rowcast.embedded.registry;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/// Schemas as text.
final class AvroText {
    private AvroText() {}

    static Schema parse(String text) {
        try {
            return new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw RegistryException.invalidSchema(String.valueOf(e.getMessage()));
        }
    }
}
