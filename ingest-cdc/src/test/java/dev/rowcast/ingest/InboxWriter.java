package dev.rowcast.ingest;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Publishes events as a gateway does.
final class InboxWriter implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final Serializer<PublishedEvent> serializer;

    InboxWriter(EmbeddedParts parts) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        parts.kafka().bootstrapServers(),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        8 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(parts.registry().url()));
        serializer = serdes.value(Topics.INBOX).serializer();
    }

    static PublishedEvent event(String id) {
        return new PublishedEvent(id, "note.said", List.of("site:7"), "notes", null, id, "{\"n\":1}", 1_000_000L);
    }

    byte[] bytes(PublishedEvent event) {
        return serializer.serialize(Topics.INBOX.name(), event);
    }

    /// Returns when it is in the inbox.
    RecordMetadata publish(String tenant, String id) {
        return publish(tenant, event(id));
    }

    RecordMetadata publish(String tenant, PublishedEvent event) {
        return await(send(tenant, event));
    }

    /// Returns at once.
    Future<RecordMetadata> send(String tenant, PublishedEvent event) {
        return producer.send(
                new ProducerRecord<>(Topics.INBOX.name(), tenant.getBytes(StandardCharsets.UTF_8), bytes(event)));
    }

    /// Anything, whether it makes sense or not.
    ///
    /// @param partition null for the one that Kafka takes
    RecordMetadata raw(
            @Nullable Integer partition, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        return await(producer.send(new ProducerRecord<>(Topics.INBOX.name(), partition, key, value, headers)));
    }

    static RecordMetadata await(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
