package dev.rowcast.standalone.cli;

import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Kafka records as JSON lines for people: Avro by the registry's schemas, other bytes as text or base64.
final class RecordJson {

    private static final ObjectMapper JSON = JsonMapper.shared();

    private final RegistryClient registry;

    RecordJson(RegistryClient registry) {
        this.registry = registry;
    }

    String line(ConsumerRecord<byte[], byte[]> found) {
        StringBuilder headers = new StringBuilder();
        for (Header header : found.headers()) {
            headers.append(headers.isEmpty() ? "" : ",")
                    .append(text(header.key()))
                    .append(':')
                    .append(json(header.value()));
        }
        return "{\"partition\":%d,\"offset\":%d,\"time\":\"%s\",\"headers\":{%s},\"key\":%s,\"value\":%s}"
                .formatted(
                        found.partition(),
                        found.offset(),
                        Instant.ofEpochMilli(found.timestamp()),
                        headers,
                        json(found.key()),
                        json(found.value()));
    }

    private String json(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        if (bytes.length >= WireFormat.HEADER_BYTES && bytes[0] == 0) {
            return avro(bytes);
        }
        String utf8 = new String(bytes, StandardCharsets.UTF_8);
        boolean binary = utf8.indexOf('\uFFFD') >= 0 || utf8.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\t');
        return text(binary ? Base64.getEncoder().encodeToString(bytes) : utf8);
    }

    private String avro(byte[] bytes) {
        try {
            Object value = new GenericDatumReader<>(registry.schema(WireFormat.schemaId(bytes)))
                    .read(
                            null,
                            DecoderFactory.get()
                                    .binaryDecoder(
                                            bytes,
                                            WireFormat.HEADER_BYTES,
                                            bytes.length - WireFormat.HEADER_BYTES,
                                            null));
            return GenericData.get().toString(value);
        } catch (IOException e) {
            throw new UncheckedIOException("a record does not fit its schema", e);
        } catch (SerializationException e) {
            return text("undecodable: " + e.getMessage());
        }
    }

    private static String text(String value) {
        return JSON.writeValueAsString(value);
    }
}
