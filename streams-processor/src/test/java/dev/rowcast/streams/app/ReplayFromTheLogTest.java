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
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
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
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
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

/// What a restarted processor remembers, on a real broker.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class ReplayFromTheLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int HOME = 7;
    private static final int JOURNAL = 20;
    private static final int CHANGES = 3_000;
    private static final String TENANT = "tenant-that-resumes";
    private static final Target VAULT = new Target(TargetKind.CHANNEL, "vault:1", "");
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels: {vault: {access: tenant}}
            tables: {public.sources: {entity: source, channels: ["vault:{vault_id}"]}}
            journal: {changes: %d}
            """.formatted(JOURNAL));

    private final String bootstrapServers;
    private final TopicSerdes serdes;
    private final StreamsConfig config;
    private final List<Delivery> got = new ArrayList<>();
    private KafkaProducer<String, Change> changes;
    private KafkaProducer<String, GatewayCommand> commands;
    private KafkaConsumer<String, Delivery> deliveries;

    ReplayFromTheLogTest(Kafka kafka, Registry registry, @TempDir Path stateDir) {
        bootstrapServers = kafka.bootstrapServers();
        serdes = new TopicSerdes(new RegistryClient(registry.url()));
        config = StreamsConfig.of(
                bootstrapServers, registry.url(), CATALOG, "a secret of sixteen bytes or more", stateDir);
    }

    @BeforeEach
    void connect() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(Stream.of(Topics.CHANGES, Topics.COMMANDS, Topics.DELIVERIES, Topics.DEAD_LETTERS)
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
    void aRestartTrimsNobodyAndOldCursorsAreServedFromTheLog() throws Exception {
        List<Long> offsets = new ArrayList<>();
        try (StreamsApp app = StreamsApp.start(config, new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            for (int id = 0; id < CHANGES; id++) {
                offsets.add(changes.send(new ProducerRecord<>(Topics.CHANGES.name(), TENANT, change(id)))
                        .get()
                        .offset());
            }
            attachedAt(offsets.getLast());
        }

        try (StreamsApp app = StreamsApp.start(config, new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            attachedAt(offsets.getLast());

            assertThat(replayed(1, offsets.get(CHANGES - 10))).isEqualTo(offsets.subList(CHANGES - 9, CHANGES));
            assertThat(replayed(2, offsets.getFirst())).isEqualTo(offsets.subList(1, CHANGES));
        }
        assertThat(got).extracting(Delivery::getBody).noneMatch(Reset.class::isInstance);
    }

    private void attachedAt(long offset) {
        await().atMost(PATIENCE).until(() -> {
            command(new Attach(3_600_000L));
            poll();
            return got.stream().anyMatch(each -> each.getBody() instanceof Attached && each.getOffset() >= offset);
        });
    }

    /// The offsets that a request is told before its answer.
    private List<Long> replayed(long request, long after) {
        got.clear();
        command(new Subscribe(
                request, new Principal("alice", PrincipalKind.USER), List.of(VAULT), new Start(1L, after), List.of()));
        await().atMost(PATIENCE).until(() -> {
            poll();
            return got.stream()
                    .anyMatch(each -> each.getBody() instanceof Subscribed answer && answer.getRequest() == request);
        });
        return got.stream()
                .map(Delivery::getBody)
                .filter(Frames.class::isInstance)
                .flatMap(body -> ((Frames) body).getFrames().stream())
                .map(Frame::getOffset)
                .toList();
    }

    private void poll() {
        deliveries.poll(Duration.ofMillis(100)).forEach(record -> got.add(record.value()));
    }

    private void command(Object body) {
        GatewayCommand command = new GatewayCommand("node-that-resumes", HOME, 0L, body);
        try {
            commands.send(new ProducerRecord<>(Topics.COMMANDS.name(), TENANT, command))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("cannot write a command", e);
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

    private <V> KafkaProducer<String, V> producer(Topic<String, V> topic) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "0"),
                new StringSerializer(),
                serdes.value(topic).serializer());
    }
}
