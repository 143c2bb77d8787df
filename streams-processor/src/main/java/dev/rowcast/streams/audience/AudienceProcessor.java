package dev.rowcast.streams.audience;

import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Router;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One partition's changes and commands, record by record: hands each to the class that knows what to do with it, and
/// sets aside what none can understand.
final class AudienceProcessor implements Processor<String, Incoming, Object, Object> {

    static final String POSITIONS_STORE = "positions";
    static final String NODES_STORE = "nodes";
    static final String SUBSCRIPTIONS_STORE = "subscriptions";

    private static final Logger LOG = LoggerFactory.getLogger(AudienceProcessor.class);
    private static final Duration LEASE_CHECK = Duration.ofSeconds(1);

    private final Router router;
    private final Admission admission;
    private final TopologySettings settings;
    private final Timer matched;
    private Working working;

    /// What exists once the task runs.
    private record Working(
            ProcessorContext<Object, Object> context,
            Outbox outbox,
            Partition partition,
            Recall recall,
            ChangeHandler changes,
            CommandHandler commands) {}

    @SuppressWarnings("NullAway.Init") // Kafka calls init before anything else
    AudienceProcessor(Router router, Admission admission, TopologySettings settings, Timer matched) {
        this.router = router;
        this.admission = admission;
        this.settings = settings;
        this.matched = matched;
    }

    @Override
    public void init(ProcessorContext<Object, Object> context) {
        KeyValueStore<String, Position> positions = context.getStateStore(POSITIONS_STORE);
        KeyValueStore<String, Attachment> attachments = context.getStateStore(NODES_STORE);
        KeyValueStore<String, Position> subscriptions = context.getStateStore(SUBSCRIPTIONS_STORE);
        Nodes nodes = new Nodes(attachments, context.currentSystemTimeMs());
        Partition partition =
                new Partition(positions, nodes, new Subscriptions(subscriptions), settings.journalLimits());
        Outbox outbox = new Outbox(context, nodes, settings.clock());
        Teller teller = new Teller(settings.cursors(), partition, outbox, matched);
        ChangeHandler changes = new ChangeHandler(router, admission, partition, teller);
        Recall recall =
                new Recall(settings.log(), context.taskId().partition(), settings.journalLimits(), partition, changes);
        recall.start(context.currentSystemTimeMs());
        SubscribeHandler subscribes = new SubscribeHandler(admission, settings.cursors(), partition, outbox);
        working = new Working(
                context,
                outbox,
                partition,
                recall,
                changes,
                new CommandHandler(partition, subscribes, outbox, context::currentSystemTimeMs));
        context.schedule(LEASE_CHECK, PunctuationType.WALL_CLOCK_TIME, this::endLeases);
    }

    @Override
    public void process(Record<String, Incoming> record) {
        RecordMetadata metadata = working.context.recordMetadata().orElseThrow();
        long offset = metadata.offset();
        if (metadata.topic().equals(Topics.CHANGES.name())) {
            working.outbox.answering(record.timestamp(), null);
            working.recall.before(offset, working.context.currentSystemTimeMs());
        }
        try {
            switch (record.value()) {
                case Incoming.ChangeRecord(var change, var bytes) -> {
                    working.outbox.answering(record.timestamp(), change.getTraceparent());
                    working.changes.handle(record.key(), change, bytes.length, offset);
                }
                case Incoming.CommandRecord(var command, var bytes) -> {
                    working.outbox.answering(record.timestamp(), null);
                    working.commands.handle(record.key(), command);
                }
                case Incoming.Unreadable(String reason, var bytes) -> setAside(record, reason);
            }
        } catch (UnprocessableException e) {
            setAside(record, e.reason());
        }
    }

    private void setAside(Record<String, Incoming> record, String reason) {
        RecordMetadata metadata = working.context.recordMetadata().orElseThrow();
        LOG.atWarn()
                .addKeyValue("topic", metadata.topic())
                .addKeyValue("partition", metadata.partition())
                .addKeyValue("offset", metadata.offset())
                .addKeyValue("reason", reason)
                .log("Record set aside");
        byte[] key = record.key() == null ? new byte[0] : record.key().getBytes(StandardCharsets.UTF_8);
        working.outbox.answering(record.timestamp(), null);
        working.outbox.setAside(reason, key, record.value().bytes(), metadata.topic(), metadata.offset());
        if (metadata.topic().equals(Topics.CHANGES.name())) {
            working.changes.handleLost(record.key(), metadata.offset(), record.timestamp());
        }
    }

    private void endLeases(long nowMs) {
        for (String node : working.partition.endLeases(nowMs)) {
            LOG.atInfo()
                    .addKeyValue("node", node)
                    .addKeyValue("partition", working.outbox.partition())
                    .log("Lease ended");
        }
    }
}
