package dev.rowcast.streams.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Registry;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Both ends of a running processor on a real broker: writes changes and commands, and reads one home from now on.
final class Wire implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// The last byte of what is stored of a node.
    private static final byte SETTLED = 1;

    private final String bootstrapServers;
    private final int home;
    private final KafkaProducer<String, Change> changes;
    private final KafkaProducer<String, GatewayCommand> commands;
    private final KafkaConsumer<String, Delivery> deliveries;

    /// What was delivered to the home so far.
    final List<Delivery> got = new ArrayList<>();

    /// Makes the topics where they are not there.
    Wire(Kafka kafka, Registry registry, Catalog catalog, int home) throws InterruptedException {
        this.bootstrapServers = kafka.bootstrapServers();
        this.home = home;
        Map<String, Object> servers = Map.of("bootstrap.servers", kafka.bootstrapServers());
        makeTopics(servers, catalog);
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(registry.url()));
        changes = producer(servers, serdes, Topics.CHANGES);
        commands = producer(servers, serdes, Topics.COMMANDS);
        deliveries = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                serdes.value(Topics.DELIVERIES).deserializer());
        TopicPartition partition = new TopicPartition(Topics.DELIVERIES.name(), home);
        deliveries.assign(List.of(partition));
        deliveries.seekToEnd(List.of(partition));
        deliveries.position(partition);
    }

    /// @return its offset
    long change(String tenant, Change change) {
        return send(changes, Topics.CHANGES, tenant, change);
    }

    void command(String tenant, String node, Object body) {
        send(commands, Topics.COMMANDS, tenant, new GatewayCommand(node, home, 0L, body));
    }

    /// Adds what came to [#got].
    void poll() {
        deliveries.poll(Duration.ofMillis(100)).forEach(record -> got.add(record.value()));
    }

    /// Until nothing takes back that the node was told that it has nothing. A processor that starts before that does
    /// not
    /// know the node.
    void untilSettled(String tenant, String node) {
        try (KafkaConsumer<String, byte[]> attachments = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            String changelog = attachments.listTopics().keySet().stream()
                    .filter(name -> name.endsWith("-nodes-changelog"))
                    .findFirst()
                    .orElseThrow();
            TopicPartition partition =
                    new TopicPartition(changelog, Partitions.of(tenant, Topics.CHANGES.partitions()));
            attachments.assign(List.of(partition));
            attachments.seekToBeginning(List.of(partition));
            await().atMost(PATIENCE)
                    .until(() -> attachments.poll(Duration.ofMillis(100)).records(partition).stream()
                            .filter(record -> record.key().equals(node) && record.value() != null)
                            .anyMatch(record -> record.value()[record.value().length - 1] == SETTLED));
        }
    }

    /// A new row of public.sources in vault 1.
    static Change source(int id) {
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

    @Override
    public void close() {
        changes.close();
        commands.close();
        deliveries.close();
    }

    private static void makeTopics(Map<String, Object> servers, Catalog catalog) throws InterruptedException {
        try (Admin admin = Admin.create(servers)) {
            admin.createTopics(Topics.all(catalog.highVolume().tenants()).stream()
                            .map(topic -> topic.toNewTopic((short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
    }

    private static <V> long send(KafkaProducer<String, V> producer, Topic<String, V> topic, String tenant, V value) {
        try {
            return producer.send(new ProducerRecord<>(topic.name(), tenant, value))
                    .get()
                    .offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("cannot write to " + topic.name(), e);
        }
    }

    private static <V> KafkaProducer<String, V> producer(
            Map<String, Object> servers, TopicSerdes serdes, Topic<String, V> topic) {
        Map<String, Object> settings = new HashMap<>(servers);
        settings.put("linger.ms", "0");
        return new KafkaProducer<>(
                settings, new StringSerializer(), serdes.value(topic).serializer());
    }
}
