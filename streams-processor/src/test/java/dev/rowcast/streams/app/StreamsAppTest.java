package dev.rowcast.streams.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The running thing, on a real broker with a real registry, with both guarantees.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
@ParameterizedClass
@EnumSource(Guarantee.class)
class StreamsAppTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int HOME = 5;
    private static final Target VAULT = new Target(TargetKind.CHANNEL, "vault:1", "");
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id, high-volume: [loud]}
            channels: {vault: {access: tenant}}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], evict: ["vault:{vault_id}:sources"]}
              public.updates: {event: "{event_type}", channels: ["vault:{vault_id}"], insert-only: true}
            """);

    @Parameter
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Guarantee guarantee;

    private final String bootstrapServers;
    private final String registryUrl;
    private final StreamsConfig config;
    private final Kafka kafka;
    private final Registry registry;
    private Wire wire;

    StreamsAppTest(Kafka kafka, Registry registry, @TempDir Path stateDir) {
        bootstrapServers = kafka.bootstrapServers();
        registryUrl = registry.url();
        this.kafka = kafka;
        this.registry = registry;
        config = StreamsConfig.of(
                bootstrapServers, registry.url(), CATALOG, "a secret of sixteen bytes or more", stateDir);
    }

    @BeforeEach
    void connect() throws Exception {
        wire = new Wire(kafka, registry, CATALOG, HOME);
    }

    @AfterEach
    void disconnect() {
        wire.close();
    }

    @Test
    void aChangeReachesTheHomeOfTheNodeThatWantsIt() {
        String tenant = "tenant-of-the-first-test-" + guarantee.ordinal();
        try (StreamsApp app = StreamsApp.start(config.withGuarantee(guarantee), new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            subscribe(tenant, "n1");

            change(tenant, 1);

            await().atMost(PATIENCE).until(() -> received(Frames.class, 1));
        }
        Delivery frames = wire.got.getLast();
        assertThat(frames.getPartition()).isEqualTo(Partitions.of(tenant, Topics.CHANGES.partitions()));
        assertThat(frames.getTenant()).isEqualTo(tenant);
    }

    @Test
    void aRestartedProcessorKnowsWhoWantsWhatAndMissesNothing() {
        String tenant = "tenant-of-the-second-test-" + guarantee.ordinal();
        try (StreamsApp app = StreamsApp.start(config.withGuarantee(guarantee), new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            subscribe(tenant, "n2");
            wire.untilSettled(tenant, "n2");
        }
        change(tenant, 1);
        long stopped = System.nanoTime();

        try (StreamsApp app = StreamsApp.start(config.withGuarantee(guarantee), new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(() -> received(Frames.class, 1));
            assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(PATIENCE);
            // Other partitions' tasks may still be on their way.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(app.state()).isInstanceOf(StreamsState.Running.class));
        }
    }

    @Test
    void evictionsAndEventsAreReadWithoutOurSerializers() {
        String tag = "vault:1:sources";
        int cachePartition = Partitions.of("loud|" + tag, Topics.EVICTIONS.partitions());
        String events = Topics.events("loud").name();
        try (StreamsApp app = StreamsApp.start(config.withGuarantee(guarantee), new SimpleMeterRegistry());
                PlainReader evicted = new PlainReader(bootstrapServers, registryUrl, Topics.EVICTIONS.name());
                PlainReader published = new PlainReader(bootstrapServers, registryUrl, events)) {
            await().atMost(PATIENCE).until(app::ready);

            change("loud", 1);
            wire.change("loud", event("content.published"));

            ConsumerRecord<byte[], GenericRecord> eviction = evicted.next(PATIENCE);
            assertThat(eviction.partition()).isEqualTo(cachePartition);
            assertThat(eviction.key()).asString(StandardCharsets.UTF_8).isEqualTo("" + cachePartition);
            assertThat(eviction.value().get("tags")).asString().isEqualTo("[" + tag + "]");
            assertThat(eviction.value().get("tenant")).asString().isEqualTo("loud");
            ConsumerRecord<byte[], GenericRecord> event = published.next(PATIENCE);
            assertThat(event.value().get("event")).asString().isEqualTo("content.published");
            assertThat(event.headers().lastHeader("ce_type").value())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("content.published");
        }
    }

    @Test
    void closingTakesAtMostFiveSeconds() {
        StreamsApp app = StreamsApp.start(config.withGuarantee(guarantee), new SimpleMeterRegistry());
        await().atMost(PATIENCE).until(app::ready);
        long begin = System.nanoTime();

        app.close();
        app.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
        assertThat(app.state()).isInstanceOf(StreamsState.Stopped.class);
    }

    private void subscribe(String tenant, String node) {
        wire.command(tenant, node, new Attach(3_600_000L));
        await().atMost(PATIENCE).until(() -> received(Attached.class, 1));
        Delivery attached = wire.got.getLast();
        wire.command(
                tenant,
                node,
                new Subscribe(
                        1L,
                        new Principal("alice", PrincipalKind.USER),
                        List.of(VAULT),
                        new Start(attached.getEpoch(), attached.getOffset()),
                        List.of(),
                        false));
        await().atMost(PATIENCE).until(() -> received(Subscribed.class, 1));
    }

    private void change(String tenant, int id) {
        wire.change(tenant, Wire.source(id));
    }

    private static Change event(String type) {
        RowChange row = new RowChange(
                "public.updates",
                Operation.CREATE,
                "1",
                null,
                Map.of("vault_id", "1", "event_type", '"' + type + '"'),
                List.of(),
                300L,
                new Transaction(2L, 300L, 400L, 0L, 0, true));
        return new Change(1L, "app", 0L, null, row);
    }

    private boolean received(Class<?> body, int times) {
        wire.poll();
        return wire.got.stream().filter(each -> body.isInstance(each.getBody())).count() >= times;
    }
}
