package dev.rowcast.schemas.registry;

import dev.rowcast.schemas.topic.Format;
import dev.rowcast.schemas.topic.Topic;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// Serializers and deserializers for a topic's keys and values.
public final class TopicSerdes {

    static {
        // Avro refuses to instantiate classes of packages that nobody vouched for; these are ours, generated.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                type -> type.getPackageName().equals("dev.rowcast.schemas.avro")));
    }

    private final RegistryClient registry;

    public TopicSerdes(RegistryClient registry) {
        this.registry = registry;
    }

    /// A new serde, for one thread.
    public <K> Serde<K> key(Topic<K, ?> topic) {
        return serde(topic.key(), topic.keySubject());
    }

    /// A new serde, for one thread.
    public <V> Serde<V> value(Topic<?, V> topic) {
        return serde(topic.value(), topic.valueSubject());
    }

    /// Puts the topic's schemas into the registry, each under a rule that keeps every version readable by every
    /// other.
    ///
    /// @throws RegistryException when the registry cannot be reached or a schema breaks the rule
    public void register(Topic<?, ?> topic) {
        topic.keySubject().ifPresent(subject -> register(subject, topic.key()));
        topic.valueSubject().ifPresent(subject -> register(subject, topic.value()));
    }

    private void register(String subject, Format<?> format) {
        if (format instanceof Format.Avro<?> avro) {
            registry.setCompatibility(subject, "FULL_TRANSITIVE");
            registry.register(subject, avro.schema());
        }
    }

    @SuppressWarnings("unchecked") // each format fixes T
    private <T> Serde<T> serde(Format<T> format, Optional<String> subject) {
        return (Serde<T>)
                switch (format) {
                    case Format.Text text -> Serdes.String();
                    case Format.Bytes bytes -> Serdes.ByteArray();
                    case Format.Row row -> rows(subject.orElseThrow());
                    case Format.Avro<?> avro -> records(avro, subject.orElseThrow());
                };
    }

    private Serde<GenericRecord> rows(String subject) {
        return avro(subject, writer -> new GenericDatumReader<>(writer));
    }

    private <T extends SpecificRecord> Serde<?> records(Format.Avro<T> format, String subject) {
        Schema reader = format.schema();
        return avro(subject, writer -> new SpecificDatumReader<GenericContainer>(writer, reader));
    }

    private <T extends GenericContainer> Serde<T> avro(String subject, AvroDeserializer.Readers<T> readers) {
        return Serdes.serdeFrom(
                new AvroSerializer<>(schema -> registry.register(subject, schema)),
                new AvroDeserializer<>(registry, readers));
    }
}
