package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.ContentEvent;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Lease;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.grants.Grants;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.ordering.PositionSerde;
import dev.rowcast.streams.rows.Rows;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/// One task, whose stores outlive its processor: it can be started again, and fed any offset again.
final class RestartableTask {

    private static final byte[] SOME_BYTES = new byte[200];

    private final MockProcessorContext<Object, Object> context =
            new MockProcessorContext<>(new Properties(), new TaskId(0, 0), new File("unused"));
    private final MemoryLog log = new MemoryLog();
    private Catalog catalog;
    private final JournalLimits limits;
    private final Executor sideReaders;
    /// What takes back each write since the last commit, by store.
    private final Map<String, List<Runnable>> undo = new LinkedHashMap<>();

    private AudienceProcessor processor;
    private long nowMs;

    RestartableTask(JournalLimits limits) {
        this(Samples.CATALOG, limits);
    }

    RestartableTask(Catalog catalog, JournalLimits limits) {
        this(catalog, limits, Runnable::run);
    }

    /// @param sideReaders runs what reads the log beside the task
    RestartableTask(Catalog catalog, JournalLimits limits, Executor sideReaders) {
        this.catalog = catalog;
        this.sideReaders = sideReaders;
        this.limits = limits;
        store(AudienceProcessor.POSITIONS_STORE, PositionSerde.create());
        store(AudienceProcessor.NODES_STORE, Attachment.serde());
        store(AudienceProcessor.SUBSCRIPTIONS_STORE, PositionSerde.create());
        store(AudienceProcessor.GRANTS_STORE, Grants.serde());
        store(AudienceProcessor.ROWS_STORE, Rows.serde());
        store(AudienceProcessor.REPLAYS_STORE, Serdes.ByteArray());
        processor = newProcessor();
    }

    /// The processor goes, the stores stay. It is so long ago that nodes attached that nothing takes back that they
    /// were
    /// told so.
    void restart() {
        KeyValueStore<String, Attachment> nodes = context.getStateStore(AudienceProcessor.NODES_STORE);
        List<KeyValue<String, Attachment>> attached = new ArrayList<>();
        try (KeyValueIterator<String, Attachment> all = nodes.all()) {
            all.forEachRemaining(attached::add);
        }
        attached.forEach(each -> nodes.put(each.key, each.value.withTold(true)));
        startAgain();
    }

    private void startAgain() {
        processor.close();
        context.scheduledPunctuators().forEach(each -> each.cancel());
        processor = newProcessor();
    }

    /// The same with another catalog.
    void restart(Catalog other) {
        catalog = other;
        restart();
    }

    List<Delivery> change(String tenant, long offset, Change change) {
        Incoming incoming = new Incoming.ChangeRecord(change, SOME_BYTES);
        log.put(offset, tenant, incoming);
        return process(Topics.CHANGES.name(), tenant, offset, incoming);
    }

    /// A record of changes that nobody can read.
    ///
    /// @param key may be no tenant
    List<Delivery> unreadable(String key, long offset) {
        Incoming incoming = new Incoming.Unreadable("no Avro", SOME_BYTES);
        log.put(offset, key, incoming);
        return process(Topics.CHANGES.name(), key, offset, incoming);
    }

    /// The task has nothing to read, and does what waits.
    List<Delivery> idle() {
        context.resetForwards();
        context.scheduledPunctuators().stream()
                .filter(each -> !each.cancelled())
                .forEach(each -> each.getPunctuator().punctuate(nowMs));
        return forwarded();
    }

    /// What the task reads its past from.
    MemoryLog log() {
        return log;
    }

    List<Delivery> command(String tenant, GatewayCommand command) {
        return command(tenant, command, Duration.ZERO);
    }

    /// @param waited since the node wrote it
    List<Delivery> command(String tenant, GatewayCommand command, Duration waited) {
        long timestampMs = nowMs + HeadStart.MS - waited.toMillis();
        return process(Topics.COMMANDS.name(), tenant, 0, new Incoming.CommandRecord(command, SOME_BYTES), timestampMs);
    }

    /// Runs everything that is due by the wall clock.
    List<Delivery> passTime(Duration time) {
        List<Delivery> deliveries = new ArrayList<>();
        for (Duration left = time; left.isPositive(); left = left.minus(Lease.CHECK)) {
            deliveries.addAll(stall(left.compareTo(Lease.CHECK) < 0 ? left : Lease.CHECK));
        }
        return deliveries;
    }

    /// All the time at once, in which the task stands still; then it does what is due.
    List<Delivery> stall(Duration time) {
        nowMs += time.toMillis();
        context.setCurrentSystemTimeMs(nowMs);
        return idle();
    }

    /// Whether it wants what it stored to be committed before it does anything else; once.
    boolean asksForCommit() {
        boolean asks = context.committed();
        context.resetCommit();
        return asks;
    }

    /// What the stores hold now will survive.
    void commit() {
        undo.values().forEach(List::clear);
    }

    /// The task dies. Of what each store was given since the last commit only a part was saved, of each another;
    /// positions, which are saved last, only when all of the others were.
    void crash(Random random) {
        boolean all = random.nextInt(3) == 0;
        undo.forEach((store, writes) -> {
            boolean none = store.equals(AudienceProcessor.POSITIONS_STORE);
            int lost = all ? 0 : none ? writes.size() : random.nextInt(writes.size() + 1);
            for (int i = 0; i < lost; i++) {
                writes.removeLast().run();
            }
        });
        startAgain();
    }

    /// The task dies, and loses of what one store was given since the last commit no more than the newest.
    void crash(String store, int lost) {
        List<Runnable> writes = Objects.requireNonNull(undo.get(store));
        for (int i = 0; i < lost; i++) {
            writes.removeLast().run();
        }
        startAgain();
    }

    /// How often a store was written to since the last commit.
    int uncommitted(String store) {
        return Objects.requireNonNull(undo.get(store)).size();
    }

    /// What the last change evicted, by cache partition.
    Map<Integer, List<Eviction>> evictions() {
        Map<Integer, List<Eviction>> evictions = new TreeMap<>();
        context.forwarded(Outbox.EVICTIONS_SINK)
                .forEach(forward -> evictions
                        .computeIfAbsent(
                                ((CacheAddress) forward.record().key()).cachePartition(), unseen -> new ArrayList<>())
                        .add((Eviction) forward.record().value()));
        return evictions;
    }

    /// What direct consumers get of the last change.
    List<Record<EventAddress, ContentEvent>> events() {
        List<Record<EventAddress, ContentEvent>> events = new ArrayList<>();
        context.forwarded(Outbox.EVENTS_SINK).forEach(forward -> {
            Record<?, ?> record = forward.record();
            events.add(new Record<>(
                    (EventAddress) record.key(), (ContentEvent) record.value(), record.timestamp(), record.headers()));
        });
        return events;
    }

    /// What the store holds of the position.
    Position storedPosition() {
        KeyValueStore<String, Position> store = context.getStateStore(AudienceProcessor.POSITIONS_STORE);
        return store.get("position");
    }

    private List<Delivery> process(String topic, String tenant, long offset, Incoming incoming) {
        return process(topic, tenant, offset, incoming, 0);
    }

    private List<Delivery> process(String topic, String tenant, long offset, Incoming incoming, long timestampMs) {
        context.resetForwards();
        context.setRecordMetadata(topic, 0, offset);
        processor.process(new Record<>(tenant, incoming, timestampMs));
        return forwarded();
    }

    private List<Delivery> forwarded() {
        List<Delivery> deliveries = new ArrayList<>();
        context.forwarded(Outbox.DELIVERIES_SINK)
                .forEach(forward -> deliveries.add((Delivery) forward.record().value()));
        return deliveries;
    }

    private AudienceProcessor newProcessor() {
        // Nothing is serialized here, so the registry is never asked.
        TopicSerdes serdes = new TopicSerdes(new RegistryClient("http://localhost:1"));
        TopologySettings settings = TopologySettings.of(Samples.CURSORS, serdes, clock())
                .withJournalLimits(limits)
                .withLog(log)
                .withSideReaders(sideReaders);
        AudienceProcessor fresh = new AudienceProcessor(
                catalog, settings, Timer.builder("matched").register(new SimpleMeterRegistry()), new CommandBacklog());
        context.resetForwards();
        context.setCurrentSystemTimeMs(nowMs);
        fresh.init(context);
        return fresh;
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(nowMs);
            }
        };
    }

    private <V> void store(String name, Serde<V> values) {
        KeyValueStore<String, V> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
                .withCachingDisabled()
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        List<Runnable> steps = new ArrayList<>();
        undo.put(name, steps);
        context.addStateStore((StateStore) Proxy.newProxyInstance(
                KeyValueStore.class.getClassLoader(), new Class<?>[] {KeyValueStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("put") || method.getName().equals("delete")) {
                        String key = (String) args[0];
                        V before = store.get(key);
                        steps.add(() -> store.put(key, before));
                    }
                    return method.invoke(store, args);
                }));
    }
}
