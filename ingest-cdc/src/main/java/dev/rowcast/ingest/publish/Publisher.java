package dev.rowcast.ingest.publish;

import dev.rowcast.ingest.fault.FaultCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Writes batches, each whole or not at all, one after the other. For any thread: a second one waits.
public final class Publisher implements AutoCloseable {

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

    private final Producer<byte[], byte[]> producer;

    /// @param producer that has initialised its transactions
    Publisher(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /// Fences every earlier publisher of this id and waits until its open transaction is settled, so that what
    /// a reader of committed records sees from now on is the truth.
    ///
    /// @throws dev.rowcast.ingest.fault.FaultException when Kafka does not answer
    public static Publisher open(KafkaSettings settings, String transactionalId) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings.producer(transactionalId));
        try {
            producer.initTransactions();
            return new Publisher(producer);
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw KafkaFaults.of(FaultCode.BROKER_AWAY, "taking over transactional id " + transactionalId, e);
        }
    }

    /// Publishes all records in one transaction and returns when every one is acknowledged and the transaction
    /// is committed. After an exception the publisher is of no more use: whether the batch is committed is only
    /// known to the next one.
    ///
    /// @throws dev.rowcast.ingest.fault.FaultException when Kafka did not take the batch
    public void publish(List<ProducerRecord<byte[], byte[]>> records) {
        publish(records, Map.of(), new ConsumerGroupMetadata(""));
    }

    /// As [#publish(List)], with the positions of a reader in the same transaction: what was read up to there and
    /// what became of it are published together or not at all.
    ///
    /// @param positions where the reader goes on, by partition; none for what does not come from a topic
    /// @throws dev.rowcast.ingest.fault.FaultException when Kafka did not take the batch
    public synchronized void publish(
            List<ProducerRecord<byte[], byte[]>> records,
            Map<TopicPartition, OffsetAndMetadata> positions,
            ConsumerGroupMetadata reader) {
        try {
            producer.beginTransaction();
            if (!positions.isEmpty()) {
                producer.sendOffsetsToTransaction(positions, reader);
            }
            List<Future<RecordMetadata>> acknowledgements = new ArrayList<>(records.size());
            for (ProducerRecord<byte[], byte[]> record : records) {
                acknowledgements.add(producer.send(record));
            }
            producer.flush();
            for (Future<RecordMetadata> acknowledgement : acknowledgements) {
                acknowledgement.get();
            }
            producer.commitTransaction();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KafkaFaults.of(FaultCode.PUBLISH_FAILED, "publishing a batch", e);
        } catch (ExecutionException | KafkaException e) {
            throw KafkaFaults.of(FaultCode.PUBLISH_FAILED, "publishing a batch", e);
        }
    }

    /// Ends within a second; an open transaction is left to the successor, or to its timeout.
    @Override
    public void close() {
        producer.close(CLOSE_WAIT);
    }
}
