package dev.rowcast.bench.topology;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.StringSerializer;

/// What is around a topology: a broker of its own with the topics, and the ends of ingest and of the gateways.
final class Rig implements AutoCloseable {

    private static final AtomicLong TENANTS = new AtomicLong();

    private final Broker broker;
    private final Path folder;
    private final TopicSerdes serdes;
    private final Admin admin;
    private final Outlet<Change> changes;
    private final Outlet<GatewayCommand> commands;

    private Rig(Broker broker, Path folder) throws ExecutionException, InterruptedException {
        this.broker = broker;
        this.folder = folder;
        this.serdes = new TopicSerdes(new RegistryClient(broker.registry()));
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.kafka()));
        admin.createTopics(Topics.all().stream().map(Rig::newTopic).toList())
                .all()
                .get();
        serdes.register(Topics.CHANGES);
        this.changes = new Outlet<>(Topics.CHANGES, producer(Topics.CHANGES, Map.of()));
        this.commands = new Outlet<>(Topics.COMMANDS, producer(Topics.COMMANDS, Map.of()));
    }

    /// What is delivered bears the time at which the broker had it.
    private static NewTopic newTopic(Topic<?, ?> topic) {
        NewTopic created = topic.toNewTopic((short) 1);
        if (!isDeliveries(topic.name())) {
            return created;
        }
        Map<String, String> config = new HashMap<>(created.configs());
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, TimestampType.LOG_APPEND_TIME.name);
        return created.configs(config);
    }

    /// @param folder for everything
    static Rig start(Path folder) throws IOException, InterruptedException, ExecutionException {
        Broker broker = Broker.start(folder);
        try {
            return new Rig(broker, folder);
        } catch (RuntimeException | ExecutionException e) {
            broker.close();
            throw e;
        }
    }

    Broker broker() {
        return broker;
    }

    Path folder() {
        return folder;
    }

    TopicSerdes serdes() {
        return serdes;
    }

    Outlet<Change> changes() {
        return changes;
    }

    /// A tenant that was not there before, whose changes are in this partition.
    static String tenant(int partition) {
        while (true) {
            String tenant = "tenant-" + TENANTS.incrementAndGet();
            if (Partitions.of(tenant, Topics.CHANGES.partitions()) == partition) {
                return tenant;
            }
        }
    }

    /// For a writer whose records are seen when it commits.
    KafkaProducer<String, Change> inTransactions() {
        KafkaProducer<String, Change> producer = producer(
                Topics.CHANGES,
                Map.of(
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        UUID.randomUUID().toString(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        1 << 18));
        producer.initTransactions();
        return producer;
    }

    private <V> KafkaProducer<String, V> producer(Topic<String, V> topic, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.kafka(), ProducerConfig.LINGER_MS_CONFIG, 0));
        settings.putAll(more);
        return new KafkaProducer<>(
                settings, new StringSerializer(), serdes.value(topic).serializer());
    }

    /// How many records of the deliveries are there for readers of what is committed; markers of transactions count.
    long delivered(Collection<Integer> homes) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = homes.stream()
                .collect(Collectors.toMap(
                        home -> new TopicPartition(Topics.DELIVERIES.name(), home), home -> OffsetSpec.latest()));
        return admin
                .listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .values()
                .stream()
                .mapToLong(info -> info.offset())
                .sum();
    }

    /// What topics take on the broker's disk, in bytes.
    long bytes(Predicate<String> topics) throws ExecutionException, InterruptedException {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                .flatMap(folders -> folders.values().stream())
                .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                .filter(replica -> topics.test(replica.getKey().topic()))
                .mapToLong(replica -> replica.getValue().size())
                .sum();
    }

    static boolean isDeliveries(String topic) {
        return topic.equals(Topics.DELIVERIES.name());
    }

    static boolean isChangelog(String topic) {
        return topic.endsWith("-changelog");
    }

    /// Nodes with a home each.
    List<Node> nodes(int count) {
        String run = UUID.randomUUID().toString().substring(0, 8);
        return IntStream.range(0, count)
                .mapToObj(home -> new Node("%s-n%d".formatted(run, home), home, commands))
                .toList();
    }

    @Override
    public void close() throws InterruptedException {
        changes.close();
        commands.close();
        admin.close();
        broker.close();
    }
}
