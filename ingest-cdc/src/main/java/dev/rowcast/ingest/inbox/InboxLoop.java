package dev.rowcast.ingest.inbox;

import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.schemas.inbox.EventRules;
import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.inbox.Refusal;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.RequestHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Reads, judges, publishes, and again. For one thread.
final class InboxLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InboxLoop.class);
    private static final int WAIT_MS = 100;
    private static final ConsumerGroupMetadata READER = new ConsumerGroupMetadata(Inbox.GROUP);

    private static final long KEEP_POSITIONS_NANOS = Duration.ofHours(1).toNanos();

    private final String source;
    private final Publisher publisher;
    private final InboxMeter meter;
    private final InboxWatch watch;
    private final CountDownLatch flowing;
    private final CountDownLatch stopped;
    private final InboxConsumer consumer;
    private final EventEncoder encoder;
    private final PatientJudge judge;
    private final Map<Integer, Long> positions = new HashMap<>();
    private long positionsKeptAt = System.nanoTime();
    private InboxBatch batch;

    InboxLoop(
            InboxSettings settings,
            Publisher publisher,
            InboxMeter meter,
            InboxWatch watch,
            CountDownLatch flowing,
            CountDownLatch stopped) {
        this.source = settings.catalog().source();
        this.publisher = publisher;
        this.meter = meter;
        this.watch = watch;
        this.flowing = flowing;
        this.stopped = stopped;
        TopicSerdes serdes = new TopicSerdes(settings.registry());
        this.encoder = new EventEncoder(settings, serdes);
        this.judge = new PatientJudge(
                new EventJudge(new EventRules(settings.catalog()), encoder, serdes, watch.partitions()),
                stopped,
                this::whileRegistryIsAway);
        this.batch = new InboxBatch(watch.topicId(), source);
        this.consumer = new InboxConsumer(settings.kafka(), watch.partitions());
    }

    /// Until it is stopped.
    void run() throws InterruptedException {
        InboxStart start = consumer.start(watch.topicId(), source);
        consumer.readAgain(start, this::remember, stopped);
        start.losses().forEach(this::tell);
        positions.putAll(start.offsets());
        positions.forEach(batch::readTo);
        ConsumerRecords<byte[], byte[]> waiting = ConsumerRecords.empty();
        while (!pause(0)) {
            watch.look();
            if (waiting.isEmpty()) {
                waiting = consumer.poll();
                meter.oldest(StreamSupport.stream(waiting.spliterator(), false)
                        .map(ConsumerRecord::timestamp)
                        .min(Long::compare)
                        .map(Instant::ofEpochMilli)
                        .orElse(null));
            }
            if (flowing.getCount() > 0) {
                flowing.await(WAIT_MS, TimeUnit.MILLISECONDS);
            } else {
                keepPositions();
                append(waiting);
                waiting = ConsumerRecords.empty();
            }
        }
    }

    private void remember(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        watch.look();
        judge.judge(record);
    }

    private void tell(InboxStart.Loss loss) {
        LOG.atWarn()
                .addKeyValue("source", source)
                .addKeyValue("code", loss.kind().name())
                .addKeyValue("partition", loss.partition())
                .addKeyValue("reason", loss.reason())
                .log("Position of the inbox could not be kept");
        meter.lost();
        batch.deadLetter(encoder.deadLetter(loss));
    }

    /// Kafka forgets positions that nobody renews, by default after 7 days.
    private void keepPositions() {
        if (System.nanoTime() - positionsKeptAt > KEEP_POSITIONS_NANOS) {
            positions.forEach(batch::readTo);
            positionsKeptAt = System.nanoTime();
        }
    }

    private void append(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            switch (judge.judge(record)) {
                case Verdict.Append(var changes) -> batch.event(changes);
                case Verdict.Repeated() -> batch.repetition();
                case Verdict.Refused(Refusal refusal) -> setAside(record, refusal);
            }
            positions.put(record.partition(), record.offset() + 1);
            batch.readTo(record.partition(), record.offset() + 1);
            if (batch.isFull()) {
                publish();
            }
        }
        publish();
        meter.oldest(null);
    }

    private void setAside(ConsumerRecord<byte[], byte[]> record, Refusal refusal) {
        LoggingEventBuilder line = LOG.atWarn()
                .addKeyValue("source", source)
                .addKeyValue("code", refusal.code().name())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", refusal.reason());
        RequestHeader.in(record.headers())
                .map(id -> line.addKeyValue(RequestHeader.LOGGED, id))
                .orElse(line)
                .log("Event set aside");
        batch.deadLetter(encoder.deadLetter(record, refusal));
    }

    private void publish() {
        if (batch.isEmpty()) {
            return;
        }
        publisher.publish(batch.records(), batch.positions(), READER);
        batch.reportTo(meter);
        batch = new InboxBatch(watch.topicId(), source);
    }

    private void whileRegistryIsAway() {
        watch.look();
        if (flowing.getCount() == 0) {
            publish();
        }
    }

    /// @return whether it was stopped meanwhile
    private boolean pause(int ms) throws InterruptedException {
        return stopped.await(ms, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
