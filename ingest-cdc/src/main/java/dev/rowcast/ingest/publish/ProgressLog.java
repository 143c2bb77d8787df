package dev.rowcast.ingest.publish;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what a source has published.
public final class ProgressLog {

    private static final Logger log = LoggerFactory.getLogger(ProgressLog.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.CAPTURE_PROGRESS.name(), 0);
    private static final Duration POLL = Duration.ofSeconds(1);

    /// Longer than a transaction may be open.
    private static final Duration OTHERS = Duration.ofSeconds(12);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final KafkaSettings settings;
    private final Duration others;
    private final Deserializer<CaptureProgress> deserializer;

    public ProgressLog(KafkaSettings settings, RegistryClient registry) {
        this(settings, registry, OTHERS);
    }

    /// @param others how long transactions of other sources are waited for
    ProgressLog(KafkaSettings settings, RegistryClient registry, Duration others) {
        this.settings = settings;
        this.others = others;
        this.deserializer =
                new TopicSerdes(registry).value(Topics.CAPTURE_PROGRESS).deserializer();
    }

    /// The source's latest record that readers see, while an earlier instance may still publish. Where they see none,
    /// one that an open transaction hides, and that may be taken back: it tells at least that the source is known.
    ///
    /// @throws dev.rowcast.ingest.fault.FaultException when Kafka does not answer
    public Optional<CaptureProgress> latest(String source) {
        try (KafkaConsumer<byte[], byte[]> committed = new KafkaConsumer<>(settings.reader());
                KafkaConsumer<byte[], byte[]> all = new KafkaConsumer<>(settings.readerOfAll())) {
            long stable = end(committed);
            Optional<byte[]> latest = read(committed, source, 0, stable);
            return decoded(latest.isPresent() ? latest : read(all, source, stable, end(all)));
        } catch (KafkaException e) {
            throw KafkaFaults.of(FaultCode.BROKER_AWAY, "reading " + PARTITION, e);
        }
    }

    /// The source's latest record, once [Publisher#open] has settled what an earlier instance left open.
    ///
    /// A broker that is killed between the decision to commit and its markers, together with the coordinator,
    /// may lose the markers when it is back. Then the transaction is committed, and nobody sees it before the next
    /// one of the same publisher is, which takes it along. To publish it again would be to publish it twice. So
    /// what is still open of the source counts: what is to be aborted has been, by opening the publisher. Behind
    /// such a transaction of another source, ours that were committed and ours that were aborted look the same, so
    /// that one has to end first.
    ///
    /// @param publisher the transactional id under which the source publishes
    /// @throws dev.rowcast.ingest.fault.FaultException when Kafka does not answer, or another's transaction is open
    public Optional<CaptureProgress> settled(String source, String publisher) {
        try (KafkaConsumer<byte[], byte[]> committed = new KafkaConsumer<>(settings.reader());
                KafkaConsumer<byte[], byte[]> all = new KafkaConsumer<>(settings.readerOfAll())) {
            long end = end(all);
            long stable = awaitStable(committed, end);
            if (read(all, source, stable, end).isPresent()) {
                stable = requireOwn(committed, publisher, stable, end);
            }
            Optional<byte[]> latest = read(committed, source, 0, stable);
            Optional<byte[]> open = read(all, source, stable, end);
            if (open.isPresent()) {
                log.atWarn().addKeyValue("source", source).log("Committed transaction without markers taken over");
            }
            return decoded(open.or(() -> latest));
        } catch (KafkaException e) {
            throw KafkaFaults.of(FaultCode.BROKER_AWAY, "reading " + PARTITION, e);
        }
    }

    /// All that is open before this end, after it was waited for, is the publisher's.
    ///
    /// @return where that begins; before it nothing is hidden any more, also not by what ended only now
    private long requireOwn(KafkaConsumer<byte[], byte[]> committed, String publisher, long stable, long end) {
        long begins = end;
        boolean others = false;
        try (Admin admin = Admin.create(settings.admin())) {
            long own = answer(admin.describeTransactions(List.of(publisher)).description(publisher))
                    .producerId();
            for (ProducerState each : answer(
                            admin.describeProducers(List.of(PARTITION)).partitionResult(PARTITION))
                    .activeProducers()) {
                long since = each.currentTransactionStartOffset().orElse(end);
                if (each.producerId() == own) {
                    begins = Math.min(begins, since);
                } else {
                    others |= since < end;
                }
            }
        }
        if (others || awaitStable(committed, begins) < begins) {
            throw new FaultException(
                    FaultCode.TRANSACTION_OPEN,
                    "%s has a transaction of another source open since offset %d, which hides what ours published"
                            .formatted(PARTITION, stable),
                    "let ingest of that source go on, which ends it; ./rowcast doctor says how to end it by hand",
                    null);
        }
        return begins;
    }

    private static <T> T answer(KafkaFuture<T> asked) {
        try {
            return asked.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e);
        }
    }

    /// Until transactions of other sources, which have the same partition, are over.
    private long awaitStable(KafkaConsumer<byte[], byte[]> committed, long end) {
        long deadline = System.nanoTime() + others.toNanos();
        long stable = end(committed);
        while (stable < end && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            stable = end(committed);
        }
        return Math.min(stable, end);
    }

    private static long end(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    }

    private static Optional<byte[]> read(KafkaConsumer<byte[], byte[]> consumer, String source, long from, long end) {
        consumer.assign(List.of(PARTITION));
        if (from == 0) {
            consumer.seekToBeginning(List.of(PARTITION));
        } else {
            consumer.seek(PARTITION, from);
        }
        Optional<byte[]> latest = Optional.empty();
        while (consumer.position(PARTITION) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (source.equals(new String(record.key(), StandardCharsets.UTF_8))) {
                    latest = Optional.of(record.value());
                }
            }
        }
        return latest;
    }

    private Optional<CaptureProgress> decoded(Optional<byte[]> record) {
        return record.map(bytes -> deserializer.deserialize(Topics.CAPTURE_PROGRESS.name(), bytes));
    }
}
