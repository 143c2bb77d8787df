package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class OpenTransactionsTest {

    private static final TopicPartition PROGRESS = new TopicPartition(Topics.CAPTURE_PROGRESS.name(), 0);

    @Test
    void whatNobodyEndsIsEnded(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // A broker that has just begun does not host what it said to have made.
            await().ignoreExceptions().atMost(World.PATIENCE).until(() -> {
                world.makeTopics();
                return true;
            });
        }
        String servers = parts.kafka().bootstrapServers();
        try (var producer = new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                servers,
                                "transactional.id",
                                "left-open",
                                "transaction.timeout.ms",
                                10_000),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                var consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", servers, "isolation.level", "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            long offset = producer.send(new ProducerRecord<>(PROGRESS.topic(), 0, new byte[] {1}, new byte[] {1}))
                    .get()
                    .offset();
            assertThat(consumer.endOffsets(List.of(PROGRESS)).get(PROGRESS)).isEqualTo(offset);

            OpenTransactions.end(parts.kafka(), Duration.ofMillis(200));

            assertThat(consumer.endOffsets(List.of(PROGRESS)).get(PROGRESS)).isGreaterThan(offset);
        }
    }
}
