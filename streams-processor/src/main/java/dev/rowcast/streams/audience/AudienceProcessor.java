package dev.rowcast.streams.audience;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.topic.Lease;
import dev.rowcast.schemas.topic.RequestHeader;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.content.CloudEvents;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.eviction.Tags;
import dev.rowcast.streams.explain.Counter;
import dev.rowcast.streams.grants.Grants;
import dev.rowcast.streams.grants.Membership;
import dev.rowcast.streams.history.Epochs;
import dev.rowcast.streams.history.History;
import dev.rowcast.streams.history.HistoryLimits;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Router;
import dev.rowcast.streams.rows.KeptRow;
import dev.rowcast.streams.rows.Relations;
import dev.rowcast.streams.rows.Rows;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// One partition's changes and commands, record by record: hands each to the class that knows what to do with it, and
/// sets aside what none can understand.
final class AudienceProcessor implements Processor<String, Incoming, Object, Object> {

    static final String POSITIONS_STORE = "positions";
    static final String NODES_STORE = "nodes";
    static final String SUBSCRIPTIONS_STORE = "subscriptions";
    static final String GRANTS_STORE = "grants";
    static final String ROWS_STORE = "rows";
    static final String REPLAYS_STORE = "replays";

    private static final Logger LOG = LoggerFactory.getLogger(AudienceProcessor.class);

    /// How often replays get on where no change comes, and for how long at a time.
    private static final Duration REPLAY_CHECK = Duration.ofMillis(10);

    /// How often presence gets on, and for how long at a time.
    private static final Duration PRESENCE_CHECK = Duration.ofMillis(100);

    private static final Duration PRESENCE_TURN = Duration.ofMillis(10);

    private final Catalog catalog;
    private final Relations relations;
    private final TopologySettings settings;
    private final Timer matched;
    private final CommandBacklog backlog;
    private Working working;
    private List<Replays.Stored> stored = List.of();

    /// What exists once the task runs.
    private record Working(
            ProcessorContext<Object, Object> context,
            Outbox outbox,
            Partition partition,
            Recall recall,
            Replays replays,
            ChangeHandler changes,
            SubscribeHandler subscribes,
            CommandHandler commands,
            PresenceTeller presence,
            OwnSilence silence,
            PartitionMetrics metrics,
            Counter questions) {}

    @SuppressWarnings("NullAway.Init") // Kafka calls init before anything else
    AudienceProcessor(Catalog catalog, TopologySettings settings, Timer matched, CommandBacklog backlog) {
        this.backlog = backlog;
        this.catalog = catalog;
        this.relations = new Relations(catalog);
        this.settings = settings;
        this.matched = matched;
    }

    @Override
    public void init(ProcessorContext<Object, Object> context) {
        KeyValueStore<String, Position> positions = context.getStateStore(POSITIONS_STORE);
        KeyValueStore<String, Attachment> attachments = context.getStateStore(NODES_STORE);
        KeyValueStore<String, Position> subscriptions = context.getStateStore(SUBSCRIPTIONS_STORE);
        KeyValueStore<String, History<Membership>> memberships = context.getStateStore(GRANTS_STORE);
        KeyValueStore<String, History<KeptRow>> keptRows = context.getStateStore(ROWS_STORE);
        Rows rows = new Rows(relations, keptRows, HistoryLimits.DEFAULTS);
        Nodes nodes = new Nodes(attachments, context.currentSystemTimeMs());
        Epochs epochs = new Epochs(positions);
        Grants grants = new Grants(catalog, memberships);
        Admission admission = new Admission(catalog, grants, epochs);
        Partition partition = new Partition(
                positions,
                epochs,
                nodes,
                new Subscriptions(subscriptions, admission, context.currentSystemTimeMs()),
                rows,
                settings.journalLimits());
        Outbox outbox = new Outbox(context, nodes, settings.clock());
        Router router = new Router(catalog, relations, rows);
        Teller teller = new Teller(settings.cursors(), partition, outbox, matched);
        Revoking revoking = new Revoking(grants, partition, outbox, context::currentSystemTimeMs);
        Consequences consequences = new Consequences(
                new Tags(catalog, relations, rows), new CloudEvents(catalog), outbox, Placement.of(catalog));
        ChangeHandler changes = new ChangeHandler(router, admission, revoking, consequences, partition, teller);
        Recall recall =
                new Recall(settings.log(), context.taskId().partition(), settings.journalLimits(), partition, changes);
        recall.start(context.currentSystemTimeMs());
        grants.advance(epochs.at(partition.current()));
        Replays replays = new Replays(context.getStateStore(REPLAYS_STORE), nodes, outbox::nowUs);
        SubscribeHandler subscribes =
                new SubscribeHandler(new ReplayServices(admission, router, settings, partition, outbox), replays);
        working = new Working(
                context,
                outbox,
                partition,
                recall,
                replays,
                changes,
                subscribes,
                new CommandHandler(
                        admission,
                        partition,
                        subscribes,
                        replays,
                        new Broadcaster(partition, admission, outbox),
                        outbox,
                        context::currentSystemTimeMs),
                new PresenceTeller(partition, admission, outbox),
                new OwnSilence(backlog, context.currentSystemTimeMs()),
                new PartitionMetrics(settings.meters(), context.taskId().partition()),
                settings.desk()
                        .open(new AudienceView(
                                context, catalog, router, grants, partition, subscriptions, memberships)));
        stored = replays.stored();
        context.schedule(REPLAY_CHECK, PunctuationType.WALL_CLOCK_TIME, this::replay);
        context.schedule(Lease.CHECK, PunctuationType.WALL_CLOCK_TIME, this::endLeases);
        context.schedule(PRESENCE_CHECK, PunctuationType.WALL_CLOCK_TIME, this::tellPresence);
    }

    @Override
    public void process(Record<String, Incoming> record) {
        resumeReplays();
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
                    working.outbox.answering(record.timestamp(), null);
                    working.replays.next();
                }
                case Incoming.CommandRecord(var command, var bytes) -> {
                    long writtenMs = HeadStart.undo(record.timestamp());
                    long nowMs = working.context.currentSystemTimeMs();
                    backlog.processed(nowMs - writtenMs, nowMs);
                    working.outbox.answering(writtenMs, null);
                    working.commands.handle(record.key(), command, nowMs - writtenMs);
                }
                case Incoming.Unreadable(String reason, var bytes) -> setAside(record, reason, false);
            }
        } catch (UnprocessableException e) {
            setAside(record, e.reason(), true);
        }
    }

    @Override
    public void close() {
        working.questions.close();
        working.replays.close();
        working.metrics.close();
    }

    /// Where there is time, the replays get it, and who asks.
    private void replay(long nowMs) {
        working.questions.answer();
        resumeReplays();
        if (working.replays.size() > 0) {
            working.outbox.answering(nowMs, null);
            long until = settings.clock().millis() + REPLAY_CHECK.toMillis();
            working.replays.all(() -> settings.clock().millis() < until);
        }
    }

    private void tellPresence(long nowMs) {
        long until = settings.clock().millis() + PRESENCE_TURN.toMillis();
        working.presence.turn(nowMs, () -> settings.clock().millis() < until);
    }

    /// Those that waited when the task died, before anything else: nothing can be delivered before there is a turn.
    private void resumeReplays() {
        List<Replays.Stored> waiting = stored;
        stored = List.of();
        if (!waiting.isEmpty()) {
            working.outbox.answering(settings.clock().millis(), null);
            waiting.forEach(each -> working.subscribes.resume(each.tenant(), each.node(), each.request()));
        }
    }

    /// @param read whether it could be read, though not understood
    private void setAside(Record<String, Incoming> record, String reason, boolean read) {
        RecordMetadata metadata = working.context.recordMetadata().orElseThrow();
        Optional<String> request = RequestHeader.in(record.headers());
        LoggingEventBuilder line = LOG.atWarn()
                .addKeyValue("topic", metadata.topic())
                .addKeyValue("partition", metadata.partition())
                .addKeyValue("offset", metadata.offset())
                .addKeyValue("reason", reason);
        request.map(id -> line.addKeyValue(RequestHeader.LOGGED, id))
                .orElse(line)
                .log("Record set aside");
        byte[] key = record.key() == null ? new byte[0] : record.key().getBytes(StandardCharsets.UTF_8);
        working.outbox.answering(record.timestamp(), null);
        working.outbox.setAside(reason, key, record.value().bytes(), metadata.topic(), metadata.offset(), request);
        if (metadata.topic().equals(Topics.CHANGES.name())) {
            working.changes.handleLost(record.key(), metadata.offset(), record.timestamp(), read);
        }
    }

    private void endLeases(long nowMs) {
        Partition.EndedLeases ended = working.partition.endLeases(nowMs, working.silence);
        if (ended.commits()) {
            working.context.commit();
        }
        for (String node : ended.nodes()) {
            LOG.atInfo()
                    .addKeyValue("node", node)
                    .addKeyValue("partition", working.outbox.partition())
                    .log("Lease ended");
        }
        working.subscribes.forgetTexts();
        working.metrics.look(working.partition, working.replays);
    }
}
