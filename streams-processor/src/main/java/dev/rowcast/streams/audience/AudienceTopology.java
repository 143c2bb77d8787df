package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.deadletter.IncomingDeserializer;
import dev.rowcast.streams.deadletter.PatientSerializer;
import dev.rowcast.streams.grants.Grants;
import dev.rowcast.streams.ordering.PositionSerde;
import dev.rowcast.streams.rows.Rows;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.util.function.BiFunction;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.FailOnInvalidTimestamp;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// The topology: a tenant's changes and its gateways' commands in, deliveries out. A pure function of the catalog; no
/// thread, no connection.
///
/// Names of nodes and stores are part of what is deployed: another name leaves state behind in topics that
/// nobody reads any more.
public final class AudienceTopology {

    private static final String CHANGES_SOURCE = "changes-source";
    private static final String COMMANDS_SOURCE = "commands-source";
    private static final String PROCESSOR = "audience";

    private AudienceTopology() {}

    /// With [TopologySettings#of], for tests and tools.
    public static Topology build(Catalog catalog, CursorCodec cursors, TopicSerdes serdes, Clock clock) {
        return build(catalog, TopologySettings.of(cursors, serdes, clock));
    }

    public static Topology build(Catalog catalog, TopologySettings settings) {
        Topology topology = new Topology();
        source(
                topology,
                CHANGES_SOURCE,
                Topics.CHANGES,
                new FailOnInvalidTimestamp(),
                settings,
                Incoming.ChangeRecord::new);
        source(topology, COMMANDS_SOURCE, Topics.COMMANDS, new HeadStart(), settings, Incoming.CommandRecord::new);

        Timer matched = Timer.builder("rowcast.hop")
                .description("time from one station of a change to the next")
                .tag("hop", "captured-matched")
                .publishPercentileHistogram()
                .register(settings.meters());
        CommandBacklog backlog = new CommandBacklog();
        topology.addProcessor(
                PROCESSOR,
                () -> new AudienceProcessor(catalog, settings, matched, backlog),
                CHANGES_SOURCE,
                COMMANDS_SOURCE);
        // Changes with every record and is read at a start only, so it is written once a commit, and before it.
        topology.addStateStore(
                store(AudienceProcessor.POSITIONS_STORE, PositionSerde.create()).withCachingEnabled(), PROCESSOR);
        topology.addStateStore(store(AudienceProcessor.NODES_STORE, Attachment.serde()), PROCESSOR);
        topology.addStateStore(store(AudienceProcessor.SUBSCRIPTIONS_STORE, PositionSerde.create()), PROCESSOR);
        topology.addStateStore(store(AudienceProcessor.GRANTS_STORE, Grants.serde()), PROCESSOR);
        topology.addStateStore(store(AudienceProcessor.ROWS_STORE, Rows.serde()), PROCESSOR);
        topology.addStateStore(store(AudienceProcessor.REPLAYS_STORE, Serdes.ByteArray()), PROCESSOR);

        topology.addSink(
                Outbox.DELIVERIES_SINK,
                Topics.DELIVERIES.name(),
                Address.serializer(),
                new PatientSerializer<Delivery>(
                        new DeliverySerializer(
                                settings.serdes().value(Topics.DELIVERIES).serializer()),
                        settings.patience()),
                Address.partitioner(),
                PROCESSOR);
        topology.addSink(
                Outbox.EVICTIONS_SINK,
                Topics.EVICTIONS.name(),
                CacheAddress.serializer(),
                new PatientSerializer<Eviction>(
                        settings.serdes().value(Topics.EVICTIONS).serializer(), settings.patience()),
                CacheAddress.partitioner(),
                PROCESSOR);
        topology.addSink(
                Outbox.EVENTS_SINK,
                EventAddress.Sink.OF_TENANT,
                EventAddress.keys(),
                EventAddress.values(catalog, settings),
                PROCESSOR);
        topology.addSink(
                Outbox.DEAD_LETTERS_SINK,
                Topics.DEAD_LETTERS.name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                PROCESSOR);
        return topology;
    }

    /// Reads from the beginning when its position is lost: reading again repeats, reading on would skip.
    private static <T> void source(
            Topology topology,
            String name,
            Topic<String, T> topic,
            TimestampExtractor timestamps,
            TopologySettings settings,
            BiFunction<T, byte[], Incoming> wrapper) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                name,
                timestamps,
                new StringDeserializer(),
                new IncomingDeserializer<>(settings.serdes().value(topic).deserializer(), wrapper, settings.patience()),
                topic.name());
    }

    private static <V> StoreBuilder<KeyValueStore<String, V>> store(String name, Serde<V> values) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
                .withCachingDisabled();
    }
}
