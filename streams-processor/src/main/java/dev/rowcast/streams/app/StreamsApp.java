package dev.rowcast.streams.app;

import dev.rowcast.schemas.catalog.CatalogMetrics;
import dev.rowcast.schemas.dependency.BreakerMetrics;
import dev.rowcast.schemas.dependency.DependencyDetails;
import dev.rowcast.schemas.dependency.Watch;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.audience.AudienceTopology;
import dev.rowcast.streams.audience.TopologySettings;
import dev.rowcast.streams.deadletter.Patience;
import dev.rowcast.streams.explain.Audiences;
import dev.rowcast.streams.explain.Desk;
import dev.rowcast.streams.explain.Explainer;
import dev.rowcast.streams.explain.Instances;
import dev.rowcast.streams.log.ChangeLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The topology, running. The topics must be there.
public final class StreamsApp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamsApp.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(1);
    private static final int SIDE_READERS = 2;

    private final RegistryClient registry;
    private final Watch registryWatch;
    private final KafkaStreams streams;
    private final KafkaStreamsMetrics metrics;
    private final Patience patience;
    private final ThreadReplacement threads = new ThreadReplacement();
    private final ExecutorService sideReaders = sideReaders();
    private final Explainer explainer;
    private final Audiences audiences;

    private StreamsApp(StreamsConfig config, MeterRegistry meters) {
        registry = new RegistryClient(config.registryUrl());
        BreakerMetrics.bind(meters, "streams", registry.breaker());
        CatalogMetrics.bind(meters, "streams", config.catalog());
        TopicSerdes serdes = new TopicSerdes(registry);
        serdes.register(Topics.COMMANDS);
        serdes.register(Topics.DELIVERIES);
        patience = new Patience(REGISTRY_PATIENCE);
        Desk desk = new Desk();
        ChangeLog log = new KafkaChangeLog(config.bootstrapServers(), serdes, patience);
        TopologySettings settings = new TopologySettings(
                new CursorCodec(config.cursorSecret()),
                serdes,
                Clock.systemUTC(),
                meters,
                patience,
                log,
                sideReaders,
                config.catalog().journal(),
                desk);
        streams = new KafkaStreams(AudienceTopology.build(config.catalog(), settings), KafkaSettings.of(config));
        streams.setUncaughtExceptionHandler(threads);
        streams.setStateListener((now, before) ->
                LOG.atInfo().addKeyValue("from", before).addKeyValue("to", now).log("Streams state changed"));
        Instances instances = new OtherInstances(streams, config.operatorsAddress());
        explainer = new Explainer(
                config.catalog(), desk, log, new KafkaDeliveryTrail(config.bootstrapServers(), serdes), instances);
        Placement placement = Placement.of(config.catalog());
        audiences = new Audiences(key -> placement.partition(new TenantId(key)), desk, instances);
        metrics = new KafkaStreamsMetrics(streams);
        metrics.bindTo(meters);
        Gauge.builder("rowcast.streams.ready", this, app -> app.ready() ? 1 : 0)
                .description("1 while deliveries flow")
                .register(meters);
        registryWatch = Watch.start("registry", Watch.USUAL, registry::ping, InstantSource.system());
    }

    /// Starts and returns; partitions are taken over within seconds, see [#ready].
    ///
    /// @throws dev.rowcast.schemas.registry.RegistryException when the schema registry does not answer
    /// @throws IllegalArgumentException when the cursor secret is too short
    /// @throws org.apache.kafka.common.KafkaException when the bootstrap servers are no addresses
    public static StreamsApp start(StreamsConfig config, MeterRegistry meters) {
        StreamsApp app = new StreamsApp(config, meters);
        app.streams.start();
        return app;
    }

    /// Few, because they take from the broker what live changes need.
    private static ExecutorService sideReaders() {
        return new ThreadPoolExecutor(
                SIDE_READERS,
                SIDE_READERS,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(1_000),
                Thread.ofPlatform().name("rowcast-side-reader-", 0).daemon().factory());
    }

    public StreamsState state() {
        return switch (streams.state()) {
            case CREATED, REBALANCING -> new StreamsState.Starting();
            case RUNNING -> new StreamsState.Running();
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR ->
                threads.gaveUp().<StreamsState>map(StreamsState.Failed::new).orElseGet(StreamsState.Stopped::new);
        };
    }

    /// Whether deliveries flow.
    public boolean ready() {
        return state().ready();
    }

    /// Whether the schema registry answers, for health: as it was found when it was looked at last.
    public Map<String, Object> registry() {
        return DependencyDetails.of(Optional.of(registryWatch), Optional.of(registry.breaker()));
    }

    /// Why an event did or did not reach somebody.
    public Explainer explainer() {
        return explainer;
    }

    /// Who is attached, subscribed and let in.
    public Audiences audiences() {
        return audiences;
    }

    /// Stops within 5 s and leaves the consumer group, so that another process, or this one again, need not
    /// wait for a session to time out. Closing twice does nothing.
    @Override
    public void close() {
        patience.end();
        registryWatch.close();
        metrics.close();
        boolean closed = streams.close(
                CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
        sideReaders.shutdown();
        if (!closed) {
            LOG.atWarn().addKeyValue("timeoutMs", CLOSE_TIMEOUT.toMillis()).log("Streams did not stop in time");
        }
    }
}
