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
import dev.rowcast.schemas.avro.GatewayCommand;
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
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
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
    private final TopicSerdes serdes;
    private final StreamsConfig config;
    private KafkaProducer<String, Change> changes;
    private KafkaProducer<String, GatewayCommand> commands;
    private KafkaConsumer<String, Delivery> deliveries;
    private final List<Delivery> got = new ArrayList<>();

    StreamsAppTest(Kafka kafka, Registry registry, @TempDir Path stateDir) {
        bootstrapServers = kafka.bootstrapServers();
        registryUrl = registry.url();
        serdes = new TopicSerdes(new RegistryClient(registry.url()));
        config = StreamsConfig.of(
                bootstrapServers, registry.url(), CATALOG, "a secret of sixteen bytes or more", stateDir);
    }

    @BeforeEach
    void connect() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Topics.all(CATALOG.highVolume().tenants()).stream()
                            .map(topic -> topic.toNewTopic((short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
        changes = producer(Topics.CHANGES);
        commands = producer(Topics.COMMANDS);
        deliveries = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                serdes.value(Topics.DELIVERIES).deserializer());
        TopicPartition home = new TopicPartition(Topics.DELIVERIES.name(), HOME);
        deliveries.assign(List.of(home));
        deliveries.seekToEnd(List.of(home));
        deliveries.position(home);
    }

    @AfterEach
    void disconnect() {
        changes.close();
        commands.close();
        deliveries.close();
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
        Delivery frames = got.getLast();
        assertThat(frames.getPartition()).isEqualTo(Partitions.of(tenant, Topics.CHANGES.partitions()));
        assertThat(frames.getTenant()).isEqualTo(tenant);
    }

    @Test
    void aRestartedProcessorKnowsWhoWantsWhatAndMissesNothing() {
        String tenant = "tenant-of-the-second-test-" + guarantee.ordinal();
        try (StreamsApp app = StreamsApp.start(config.withGuarantee(guarantee), new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            subscribe(tenant, "n2");
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
            send(changes, Topics.CHANGES, "loud", event("content.published"));

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
        command(tenant, node, new Attach(3_600_000L));
        await().atMost(PATIENCE).until(() -> received(Attached.class, 1));
        Delivery attached = got.getLast();
        command(
                tenant,
                node,
                new Subscribe(
                        1L,
                        new Principal("alice", PrincipalKind.USER),
                        List.of(VAULT),
                        new Start(attached.getEpoch(), attached.getOffset()),
                        List.of()));
        await().atMost(PATIENCE).until(() -> received(Subscribed.class, 1));
    }

    private void command(String tenant, String node, Object body) {
        send(commands, Topics.COMMANDS, tenant, new GatewayCommand(node, HOME, 0L, body));
    }

    private void change(String tenant, int id) {
        send(changes, Topics.CHANGES, tenant, change(id));
    }

    private static <V> void send(KafkaProducer<String, V> producer, Topic<String, V> topic, String tenant, V value) {
        try {
            producer.send(new ProducerRecord<>(topic.name(), tenant, value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("cannot write to " + topic.name(), e);
        }
    }

    private static Change change(int id) {
        RowChange row = new RowChange(
                "public.sources",
                Operation.CREATE,
                "" + id,
                null,
                Map.of("vault_id", "1"),
                List.of(),
                100L + id,
                new Transaction(1L, 100L + id, 200L + id, 0L, 0, true));
        return new Change(1L, "app", 0L, null, row);
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
        deliveries.poll(Duration.ofMillis(100)).forEach(record -> got.add(record.value()));
        return got.stream().filter(each -> body.isInstance(each.getBody())).count() >= times;
    }

    private <V> KafkaProducer<String, V> producer(Topic<String, V> topic) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "0"),
                new StringSerializer(),
                serdes.value(topic).serializer());
    }
}
