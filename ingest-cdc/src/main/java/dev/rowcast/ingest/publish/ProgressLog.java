package dev.rowcast.ingest.publish;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;

/// Reads what a source has published. Ask only after [Publisher#open], which settles what an earlier instance
/// left open.
public final class ProgressLog {

    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaSettings settings;
    private final Deserializer<CaptureProgress> deserializer;

    public ProgressLog(KafkaSettings settings, RegistryClient registry) {
        this.settings = settings;
        this.deserializer =
                new TopicSerdes(registry).value(Topics.CAPTURE_PROGRESS).deserializer();
    }

    /// The source's latest record.
    ///
    /// @throws dev.rowcast.ingest.fault.FaultException when Kafka does not answer
    public Optional<CaptureProgress> latest(String source) {
        TopicPartition partition = new TopicPartition(Topics.CAPTURE_PROGRESS.name(), 0);
        byte[] latest = null;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings.reader())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (source.equals(new String(record.key(), StandardCharsets.UTF_8))) {
                        latest = record.value();
                    }
                }
            }
        } catch (KafkaException e) {
            throw KafkaFaults.of(FaultCode.BROKER_AWAY, "reading " + partition, e);
        }
        return Optional.ofNullable(latest)
                .map(bytes -> deserializer.deserialize(Topics.CAPTURE_PROGRESS.name(), bytes));
    }
}
