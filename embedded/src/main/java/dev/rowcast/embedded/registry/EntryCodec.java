package dev.rowcast.embedded.registry;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Entries as records of the topic: JSON keys and values in the layout that other registries use.
final class EntryCodec {
    private static final JsonMapper JSON = JsonMapper.shared();

    private EntryCodec() {}

    static ProducerRecord<byte[], byte[]> encode(String topic, Entry entry) {
        return switch (entry) {
            case Entry.Put(SchemaVersion v) -> {
                var value = JSON.createObjectNode()
                        .put("subject", v.subject())
                        .put("version", v.version())
                        .put("id", v.id())
                        .put("schema", v.schema())
                        .put("deleted", v.deleted());
                yield record(topic, schemaKey(v.subject(), v.version()), value);
            }
            case Entry.Removed(String subject, int version) -> record(topic, schemaKey(subject, version), null);
            case Entry.Level(Optional<String> subject, Optional<Compatibility> level) -> {
                var key = JSON.createObjectNode()
                        .put("keytype", "CONFIG")
                        .put("subject", subject.orElse(null))
                        .put("magic", 0);
                var value = level.map(l -> JSON.createObjectNode().put("compatibilityLevel", l.name()));
                yield record(topic, key, value.orElse(null));
            }
        };
    }

    /// The entry, or nothing for kinds of records that other registries write and we have no use for.
    static Optional<Entry> decode(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return Optional.empty();
        }
        JsonNode key = JSON.readTree(record.key());
        Optional<JsonNode> value = Optional.ofNullable(record.value()).map(JSON::readTree);
        return switch (key.path("keytype").asString("")) {
            case "SCHEMA" -> Optional.of(schema(key, value));
            case "CONFIG" ->
                Optional.of(new Entry.Level(
                        Optional.ofNullable(key.path("subject").asString(null)),
                        value.map(v ->
                                Compatibility.of(v.path("compatibilityLevel").asString("")))));
            default -> Optional.empty();
        };
    }

    private static Entry schema(JsonNode key, Optional<JsonNode> value) {
        String subject = key.path("subject").asString();
        int version = key.path("version").asInt();
        return value.<Entry>map(v -> new Entry.Put(new SchemaVersion(
                        subject,
                        version,
                        v.path("id").asInt(),
                        v.path("schema").asString(),
                        v.path("deleted").asBoolean(false))))
                .orElseGet(() -> new Entry.Removed(subject, version));
    }

    private static ObjectNode schemaKey(String subject, int version) {
        return JSON.createObjectNode()
                .put("keytype", "SCHEMA")
                .put("subject", subject)
                .put("version", version)
                .put("magic", 1);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, ObjectNode key, @Nullable ObjectNode value) {
        return new ProducerRecord<>(topic, 0, bytes(key), value == null ? null : bytes(value));
    }

    private static byte[] bytes(ObjectNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }
}
