package dev.rowcast.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.Ends;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsParts(Part.KAFKA)
class PublisherTest {

    private static final int RECORDS = 5;

    @ParameterizedTest(name = "I-7: a batch of which acknowledgement {0} failed is not confirmed, and nobody reads it")
    @DisplayName("I-7: a batch with one failed acknowledgement is not confirmed")
    @ValueSource(ints = {1, 3, RECORDS})
    void aBatchWithOneFailedAcknowledgementIsNotConfirmed(int lost, Kafka kafka) throws Exception {
        // Given
        KafkaSettings settings = new KafkaSettings(kafka.bootstrapServers(), 1_000_000);
        String topic = "publisher-" + Long.toHexString(System.nanoTime());
        try (Admin admin = Admin.create(settings.admin())) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings.producer(topic));
        producer.initTransactions();
        try (Publisher publisher =
                new Publisher(LostAcknowledgement.of(producer, lost, new TimeoutException("no answer")))) {

            // When
            assertThatThrownBy(() -> publisher.publish(records(topic, "lost")))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.PUBLISH_FAILED));
        }

        // Then
        try (Publisher next = Publisher.open(settings, topic)) {
            next.publish(records(topic, "again"));
        }
        assertThat(committed(settings, topic))
                .containsExactlyElementsOf(
                        IntStream.range(0, RECORDS).mapToObj(i -> "again" + i).toList());
    }

    private static List<ProducerRecord<byte[], byte[]>> records(String topic, String text) {
        return IntStream.range(0, RECORDS)
                .mapToObj(i ->
                        new ProducerRecord<byte[], byte[]>(topic, 0, null, (text + i).getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static List<String> committed(KafkaSettings settings, String topic) {
        List<String> texts = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings.reader())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Ends.of(List.of(partition), settings.bootstrapServers()).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> texts.add(new String(record.value(), StandardCharsets.UTF_8)));
            }
        }
        return texts;
    }
}
