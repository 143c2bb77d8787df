package dev.rowcast.streams.app;

import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// A life in two halves: a node attaches, a user subscribes and is told something; then the processor is another one.
final class UpgradeScenario implements AutoCloseable {

    static final String NODE = "n-old";
    static final Principal ALICE = new Principal("alice", PrincipalKind.USER);
    static final Target VAULT = new Target(TargetKind.CHANNEL, "vault:1", "");
    static final Target ROOM = new Target(TargetKind.CHANNEL, "room:1", "");
    static final Target SOURCE = new Target(TargetKind.ENTITY, "source:1", "");

    private static final String TENANT = "tenant-of-old";
    private static final int PARTITION = Partitions.of(TENANT, Topics.CHANGES.partitions());
    private static final int HOME = 5;
    private static final String CHANGELOG = "-changelog";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
              room: {access: members, members: {table: public.room_members, channel: room_id, principal: user_id}}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"]}
              public.messages: {entity: message, channels: ["room:{room_id}"]}
              public.annotations:
                entity: annotation
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}"]
            """);

    private final String kafka;
    private final String registry;
    private final TopicSerdes serdes;
    private final KafkaConsumer<String, Delivery> deliveries;
    private final List<Delivery> received = new ArrayList<>();

    UpgradeScenario(EmbeddedParts parts) throws ExecutionException, InterruptedException {
        kafka = parts.kafka().bootstrapServers();
        registry = parts.registry().url();
        serdes = new TopicSerdes(new RegistryClient(registry));
        try (Admin admin = admin()) {
            admin.createTopics(Stream.of(Topics.CHANGES, Topics.COMMANDS, Topics.DELIVERIES, Topics.DEAD_LETTERS)
                            .map(topic -> topic.toNewTopic((short) 1))
                            .toList())
                    .all()
                    .get();
        }
        serdes.register(Topics.CHANGES);
        deliveries = consumer(
                Topics.DELIVERIES.name(),
                HOME,
                new StringDeserializer(),
                serdes.value(Topics.DELIVERIES).deserializer());
    }

    StreamsConfig config(Path stateDir) {
        return StreamsConfig.of(kafka, registry, CATALOG, "a secret of sixteen bytes or more", stateDir);
    }

    /// The first half.
    void play() throws ExecutionException, InterruptedException {
        past();
        command(new Attach(3_600_000L));
        await().atMost(PATIENCE).until(() -> received(Attached.class));
        Delivery attached = received.getLast();
        command(new Subscribe(
                1L,
                ALICE,
                List.of(VAULT, ROOM, SOURCE),
                new Start(attached.getEpoch(), attached.getOffset()),
                List.of(),
                false));
        await().atMost(PATIENCE).until(() -> received(Subscribed.class));
        send(Topics.CHANGES, moved(3, 1, 1));
        await().atMost(PATIENCE).until(() -> received(Frames.class));
    }

    private void past() throws ExecutionException, InterruptedException {
        send(
                Topics.CHANGES,
                change(
                        1,
                        "public.room_members",
                        Operation.CREATE,
                        null,
                        Map.of("room_id", "1", "user_id", "\"alice\"")));
        send(Topics.CHANGES, moved(2, 2, 1));
        send(Topics.CHANGES, change(2, "public.annotations", Operation.CREATE, null, Map.of("source_id", "1")));
    }

    /// Whether it is stored that the node was told for good, which is so a second later.
    boolean isSettled() throws ExecutionException, InterruptedException {
        return changelogs().stream()
                .filter(each -> each.store().equals("nodes"))
                .map(StoredRecord::valueBytes)
                .allMatch(bytes -> bytes[bytes.length - 1] == 1);
    }

    /// Everything that the first half left, without having played it.
    void pretend(List<StoredRecord> state) throws ExecutionException, InterruptedException {
        past();
        send(Topics.CHANGES, moved(3, 1, 1));
        try (Admin admin = admin()) {
            admin.createTopics(state.stream()
                            .map(StoredRecord::store)
                            .distinct()
                            .map(store -> new NewTopic(topic(store), Topics.CHANGES.partitions(), (short) 1)
                                    .configs(Map.of("cleanup.policy", "compact")))
                            .toList())
                    .all()
                    .get();
            admin.alterConsumerGroupOffsets(
                            KafkaSettings.APPLICATION_ID,
                            Map.of(new TopicPartition(Topics.CHANGES.name(), PARTITION), new OffsetAndMetadata(4)))
                    .all()
                    .get();
        }
        try (KafkaProducer<byte[], byte[]> producer = producer(new ByteArraySerializer(), new ByteArraySerializer())) {
            for (StoredRecord each : state) {
                producer.send(new ProducerRecord<>(topic(each.store()), PARTITION, each.keyBytes(), each.valueBytes()))
                        .get();
            }
        }
    }

    /// The second half.
    void goOn() throws ExecutionException, InterruptedException {
        command(new Attach(3_600_000L));
        send(Topics.CHANGES, moved(4, 1, 1));
        send(Topics.CHANGES, change(5, "public.messages", Operation.CREATE, null, Map.of("room_id", "1")));
    }

    /// What the node was told until now.
    List<Delivery> received() {
        deliveries.poll(Duration.ofMillis(100)).forEach(record -> received.add(record.value()));
        return List.copyOf(received);
    }

    /// The newest value of each key of the tenant's partition in every changelog.
    List<StoredRecord> changelogs() throws ExecutionException, InterruptedException {
        List<StoredRecord> records = new ArrayList<>();
        try (Admin admin = admin()) {
            for (String topic : admin.listTopics().names().get()) {
                if (topic.endsWith(CHANGELOG)) {
                    newest(topic).forEach((key, value) -> records.add(value));
                }
            }
        }
        return records.stream().sorted().toList();
    }

    private SortedMap<String, StoredRecord> newest(String topic) {
        SortedMap<String, StoredRecord> newest = new TreeMap<>();
        String store = topic.substring(KafkaSettings.APPLICATION_ID.length() + 1, topic.length() - CHANGELOG.length());
        try (KafkaConsumer<byte[], byte[]> consumer =
                consumer(topic, PARTITION, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, PARTITION);
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    StoredRecord each =
                            StoredRecord.of(store, record.key(), record.value() == null ? new byte[0] : record.value());
                    newest.put(each.key(), each);
                });
            }
        }
        newest.values().removeIf(each -> each.value().isEmpty());
        return newest;
    }

    private static String topic(String store) {
        return KafkaSettings.APPLICATION_ID + "-" + store + CHANGELOG;
    }

    /// A row moves from vault to vault.
    private static Change moved(long number, int before, int after) {
        return change(
                number,
                "public.sources",
                Operation.UPDATE,
                Map.of("vault_id", "" + before),
                Map.of("vault_id", "" + after));
    }

    private static Change change(
            long number,
            String table,
            Operation op,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after) {
        Transaction tx = new Transaction(number, 100 + number, 200 + number, 0L, 0, true);
        return new Change(
                1L, "app", 0L, null, new RowChange(table, op, "1", before, after, List.of(), 100 + number, tx));
    }

    private void command(Object body) throws ExecutionException, InterruptedException {
        send(Topics.COMMANDS, new GatewayCommand(NODE, HOME, 0L, body));
    }

    private <V> void send(Topic<String, V> topic, V value) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, V> producer =
                producer(new StringSerializer(), serdes.value(topic).serializer())) {
            producer.send(new ProducerRecord<>(topic.name(), TENANT, value)).get();
        }
    }

    private boolean received(Class<?> body) {
        return received().stream().anyMatch(each -> body.isInstance(each.getBody()));
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka));
    }

    private <K, V> KafkaProducer<K, V> producer(Serializer<K> keys, Serializer<V> values) {
        return new KafkaProducer<>(Map.of("bootstrap.servers", kafka), keys, values);
    }

    private <K, V> KafkaConsumer<K, V> consumer(
            String topic, int partition, Deserializer<K> keys, Deserializer<V> values) {
        KafkaConsumer<K, V> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", kafka), keys, values);
        TopicPartition assigned = new TopicPartition(topic, partition);
        consumer.assign(List.of(assigned));
        consumer.seekToBeginning(List.of(assigned));
        return consumer;
    }

    @Override
    public void close() {
        deliveries.close();
    }
}
