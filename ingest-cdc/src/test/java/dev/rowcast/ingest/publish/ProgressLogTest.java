package dev.rowcast.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What is published, while transactions are open that nobody ends.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class ProgressLogTest {

    private static final int LARGEST = 1_000_000;
    private static final int ROUNDS = 30;

    private final String mine = "mine" + Long.toHexString(System.nanoTime());
    private final String other = "other" + Long.toHexString(System.nanoTime());
    private final KafkaSettings settings;
    private final RecordEncoder encoder;
    private final RegistryClient registry;
    private final ProgressLog log;
    /// For what is decided, of which the topic may be told a little later.
    private final ProgressLog patient;

    ProgressLogTest(Kafka kafka, Registry registry) {
        settings = new KafkaSettings(kafka.bootstrapServers(), LARGEST);
        encoder = new RecordEncoder(new RegistryClient(registry.url()), LARGEST);
        this.registry = new RegistryClient(registry.url());
        log = log(Duration.ofMillis(500));
        patient = log(Duration.ofSeconds(2));
    }

    private ProgressLog log(Duration others) {
        return new ProgressLog(settings, registry, others);
    }

    @BeforeEach
    void topicIsThere() throws Exception {
        try (Admin admin = Admin.create(settings.admin())) {
            admin.createTopics(List.of(Topics.CAPTURE_PROGRESS.toNewTopic((short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
    }

    @Test
    @DisplayName("P1: what was taken back behind another source's transaction is not held to be published")
    void whatWasTakenBackBehindAnothersTransactionDoesNotCount() throws Exception {
        try (KafkaProducer<byte[], byte[]> hanging = producer(other)) {
            try (KafkaProducer<byte[], byte[]> own = producer(mine)) {
                write(own, mine, 1);
                own.commitTransaction();
                write(hanging, other, 1);
                write(own, mine, 2);
                own.abortTransaction();
            }

            assertThatThrownBy(() -> log.settled(mine, mine)).isInstanceOfSatisfying(FaultException.class, refused -> {
                assertThat(refused.fault().code()).isEqualTo(FaultCode.TRANSACTION_OPEN);
                assertThat(refused.fault().fix()).contains("./rowcast doctor");
            });
            hanging.abortTransaction();
            assertThat(patient.settled(mine, mine).map(CaptureProgress::getXid)).contains(1L);
        }
    }

    @Test
    @DisplayName("P1: nor while the other source's transaction ends that hid it")
    void whatWasTakenBackDoesNotCountWhileTheOthersTransactionEnds() throws Exception {
        long seed = Long.getLong("rowcast.seed", System.nanoTime());
        Random random = new Random(seed);
        ProgressLog hasty = log(Duration.ZERO);
        for (int round = 0; round < ROUNDS; round++) {
            String ours = mine + round;
            try (KafkaProducer<byte[], byte[]> hanging = producer(other + round)) {
                try (KafkaProducer<byte[], byte[]> own = producer(ours)) {
                    write(own, ours, 1);
                    own.commitTransaction();
                    write(hanging, other, 1);
                    write(own, ours, 2);
                    own.abortTransaction();
                }
                producer(ours).close(); // waits until what the last one left is settled, as a publisher does
                Thread ending = Thread.ofVirtual().start(() -> {
                    LockSupport.parkNanos(random.nextInt(60_000_000));
                    hanging.abortTransaction();
                });

                assertThat(settledIn(hasty, ours)).as("seed %d", seed).isIn("1", "TRANSACTION_OPEN");
                ending.join();
            }
        }
    }

    /// The transaction, or why it cannot be told.
    private static String settledIn(ProgressLog log, String source) {
        try {
            return log.settled(source, source)
                    .map(progress -> Long.toString(progress.getXid()))
                    .orElse("none");
        } catch (FaultException e) {
            return e.fault().code().name();
        }
    }

    @Test
    void aSourceIsKnownThoughAnothersTransactionHidesAllOfIt() throws Exception {
        try (KafkaProducer<byte[], byte[]> hanging = producer(other);
                KafkaProducer<byte[], byte[]> own = producer(mine)) {
            write(hanging, other, 1);
            write(own, mine, 1);
            own.commitTransaction();

            assertThat(log.latest(mine).map(CaptureProgress::getXid)).contains(1L);
            hanging.abortTransaction();
        }
    }

    @Test
    void anothersTransactionBehindWhichNothingIsOursDoesNotMatter() throws Exception {
        try (KafkaProducer<byte[], byte[]> own = producer(mine);
                KafkaProducer<byte[], byte[]> hanging = producer(other)) {
            write(own, mine, 1);
            own.commitTransaction();
            write(hanging, other, 1);

            assertThat(patient.settled(mine, mine).map(CaptureProgress::getXid)).contains(1L);
            assertThat(log.settled("new", "new")).isEqualTo(Optional.empty());
            hanging.abortTransaction();
        }
    }

    @Test
    @DisplayName("P1: what is still open of the source itself counts, as it is committed without markers")
    void whatIsStillOpenOfTheSourceCounts() throws Exception {
        try (KafkaProducer<byte[], byte[]> own = producer(mine)) {
            write(own, mine, 1);
            own.commitTransaction();
            write(own, mine, 2);

            assertThat(log.settled(mine, mine).map(CaptureProgress::getXid)).contains(2L);
            own.abortTransaction();
        }
    }

    private KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings.producer(transactionalId));
        producer.initTransactions();
        return producer;
    }

    /// In a transaction that begins with it.
    private void write(KafkaProducer<byte[], byte[]> producer, String source, long xid) throws Exception {
        producer.beginTransaction();
        producer.send(encoder.progress(new CaptureProgress(
                        source, 42L, "topic", "db", 1, "s", 3, true, 0x5000L, xid, null, 0L, 0L, List.of(), "")))
                .get();
    }
}
