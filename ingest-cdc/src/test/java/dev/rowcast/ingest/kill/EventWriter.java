package dev.rowcast.ingest.kill;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/// Publishes events into the inbox, as a gateway does, in a thread of its own. Which of them got there, the inbox
/// tells.
final class EventWriter implements AutoCloseable {

    private static final int MOST_PAUSE_MS = 100;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Serializer<PublishedEvent> serializer;
    private final RandomGenerator random;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    EventWriter(EmbeddedParts parts, long seed) {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, parts.kafka().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        serializer = new TopicSerdes(new RegistryClient(parts.registry().url()))
                .value(Topics.INBOX)
                .serializer();
        random = new SplittableRandom(seed);
        thread = Thread.ofPlatform().name("kill-events").start(this::run);
    }

    private void run() {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try {
            for (int i = 0; !closing.await(random.nextInt(MOST_PAUSE_MS), TimeUnit.MILLISECONDS); i++) {
                String tenant = Tables.TENANTS.get(random.nextInt(Tables.TENANTS.size()));
                PublishedEvent event = new PublishedEvent(
                        "event-" + i, "note.said", List.of("site:" + tenant), null, null, null, "{}", 1_000_000L);
                byte[] value = serializer.serialize(Topics.INBOX.name(), event);
                sent.add(producer.send(
                        new ProducerRecord<>(Topics.INBOX.name(), tenant.getBytes(StandardCharsets.UTF_8), value)));
                sent.removeIf(Future::isDone);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns when all that was sent is in the inbox, or given up.
    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
        producer.close();
    }
}
