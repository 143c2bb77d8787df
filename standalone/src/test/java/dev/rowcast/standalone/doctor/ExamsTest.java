package dev.rowcast.standalone.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.redis.RedisInfo;
import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.RedisCluster;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.check.Severity;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kafka, the registry, Redis and the gateway, each wrong once and right once.
@NeedsParts({Part.KAFKA, Part.REDIS, Part.REGISTRY})
@Timeout(180)
class ExamsTest {

    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: exams
            tenancy: {constant: default}
            channels: {all: {access: tenant}}
            tables:
              public.notes: {entity: note, channels: ["all:{id}"]}
            """);

    private final EmbeddedParts parts;

    ExamsTest(EmbeddedParts parts) {
        this.parts = parts;
    }

    @Test
    void theEmbeddedKafkaHasNothingToMend() {
        // A broker that stood still for a while takes no writes until it is heard of again.
        await().untilAsserted(
                        () -> assertThat(KafkaExam.findings(parts.kafka().bootstrapServers(), Optional.of(CATALOG)))
                                .extracting(Finding::severity)
                                .containsOnly(Severity.OK));
    }

    @Test
    void aKafkaThatTakesNoTransactionsAndNoLargeRecordsIsToldEachSetting(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        EmbeddedConfig config = EmbeddedConfig.in(folder)
                .withParts(EnumSet.of(Part.KAFKA))
                .withKafkaSetting("auto.create.topics.enable", "true")
                .withKafkaSetting("message.max.bytes", "500000")
                .withKafkaSetting("transaction.state.log.replication.factor", "3")
                .withKafkaSetting("transaction.max.timeout.ms", "5000")
                .withKafkaSetting("min.insync.replicas", "2");
        try (EmbeddedParts own = EmbeddedParts.start(config, StartListener.SILENT)) {
            // A broker that stood still for a while is not heard of.
            await().untilAsserted(() -> assertThat(
                            wrong(KafkaExam.findings(own.kafka().bootstrapServers(), Optional.of(CATALOG))))
                    .containsEntry("kafka.auto_create", List.of("auto.create.topics.enable=false"))
                    .containsEntry(
                            "kafka.transactions",
                            List.of(
                                    "transaction.state.log.replication.factor=1",
                                    "transaction.state.log.min.isr=1",
                                    "transaction.max.timeout.ms=900000"))
                    .hasEntrySatisfying(
                            "kafka.message_size",
                            fix -> assertThat(fix.getFirst()).endsWith("message.max.bytes=1048588"))
                    .hasEntrySatisfying(
                            "kafka.copies", fix -> assertThat(fix.getFirst()).endsWith("min.insync.replicas=1"))
                    .hasSize(4));
        }
    }

    @Test
    void aTransactionThatNobodyEndsIsTold() throws Exception {
        String servers = parts.kafka().bootstrapServers();
        Topic<?, ?> declared = Topics.rows("exams", "public.left_open");
        String topic = declared.name();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers));
                var producer = new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                servers,
                                "transactional.id",
                                topic,
                                "transaction.timeout.ms",
                                10_000),
                        new StringSerializer(),
                        new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 1, "key", "value")).get();
            TransactionExam exam = new TransactionExam(admin, servers);
            List<FoundTopic> found = FoundTopic.among(List.of(declared), admin);

            assertThat(exam.findings(found, Instant.now()))
                    .extracting(Finding::severity)
                    .containsExactly(Severity.OK);
            assertThat(exam.findings(found, Instant.now().plus(Duration.ofMinutes(2))))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                        assertThat(finding.message()).startsWith(topic + "-1 has a transaction open since ");
                        assertThat(finding.fix())
                                .containsExactly(
                                        "kafka-transactions.sh --bootstrap-server %s abort --topic %s --partition 1 --start-offset 0"
                                                .formatted(servers, topic));
                    });
            producer.abortTransaction();
        }
    }

    @Test
    void topicsThatAreNotAsDeclaredAreTold() throws Exception {
        String changes = Topics.CHANGES.name();
        String rows = Topics.rows("exams", "public.notes").name();
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", parts.kafka().bootstrapServers()))) {
            // Another class' services may have made them.
            await().until(() -> {
                Set<String> there = admin.listTopics().names().get();
                there.retainAll(Set.of(changes, rows));
                admin.deleteTopics(there).all().get();
                return there.isEmpty();
            });
            admin.createTopics(List.of(
                            new NewTopic(changes, 3, (short) 1)
                                    .configs(Map.of("retention.ms", "60000", "retention.bytes", "1000000")),
                            new NewTopic(rows, 1, (short) 1)
                                    .configs(Map.of(
                                            "cleanup.policy",
                                            "compact",
                                            "min.insync.replicas",
                                            "2",
                                            "max.message.bytes",
                                            "1000"))))
                    .all()
                    .get();
            try {
                // Who asks about a topic may see it a moment after it was made.
                Map<String, List<String>> wrong = await().until(
                                () -> wrong(KafkaExam.findings(parts.kafka().bootstrapServers(), Optional.of(CATALOG))),
                                found -> found.containsKey("kafka.message_size"));

                assertThat(wrong.get("kafka.partitions"))
                        .anyMatch(fix -> fix.endsWith("--delete --topic " + changes))
                        .anyMatch(fix -> fix.contains(rows) && fix.endsWith("min.insync.replicas=1"));
                assertThat(wrong.get("kafka.retention"))
                        .anyMatch(fix -> fix.contains(changes) && fix.endsWith("retention.ms=86400000"))
                        .anyMatch(fix -> fix.contains(changes) && fix.endsWith("retention.bytes=-1"))
                        .anyMatch(fix -> fix.contains(rows) && fix.endsWith("cleanup.policy=delete"));
                assertThat(wrong.get("kafka.message_size"))
                        .anyMatch(fix -> fix.contains(rows) && fix.endsWith("max.message.bytes=1048588"));

                // When what was printed is done for the rows' topic
                mend(admin, rows, wrong.values().stream().flatMap(List::stream).toList());
                await().untilAsserted(() -> assertThat(
                                wrong(KafkaExam.findings(parts.kafka().bootstrapServers(), Optional.of(CATALOG)))
                                        .values()
                                        .stream()
                                        .flatMap(List::stream))
                        .noneMatch(fix -> fix.contains(rows)));
            } finally {
                admin.deleteTopics(List.of(changes, rows)).all().get();
            }
        }
    }

    @Test
    void aKafkaThatIsAwayIsTold() {
        assertThat(KafkaExam.findings("127.0.0.1:1", Optional.empty()))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                    assertThat(finding.code())
                            .hasValueSatisfying(code -> assertThat(code.label()).isEqualTo("INGEST_BROKER_AWAY"));
                });
    }

    @Test
    void aRegistryWhoseRuleWasLoosenedIsTold() {
        RegistryClient registry = new RegistryClient(parts.registry().url());
        new TopicSerdes(registry).register(Topics.EVENTS);
        assertThat(registryFindings()).extracting(Finding::severity).containsOnly(Severity.OK);
        String subject = Topics.EVENTS.valueSubject().orElseThrow();

        registry.setCompatibility(subject, "NONE");

        assertThat(wrong(registryFindings()))
                .hasEntrySatisfying(
                        "registry.compatibility",
                        fix -> assertThat(fix.getFirst())
                                .startsWith("curl -X PUT")
                                .contains("FULL_TRANSITIVE")
                                .endsWith("/config/" + subject));
        registry.setCompatibility(subject, "FULL_TRANSITIVE");
        assertThat(registryFindings()).extracting(Finding::severity).containsOnly(Severity.OK);
    }

    @Test
    void aRegistryThatIsAwayIsTold() {
        assertThat(RegistryExam.findings("http://127.0.0.1:1", Optional.empty()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.ERROR));
    }

    @Test
    void aRedisThatMayDropWhatHasNoTimeToLiveIsTold() throws Exception {
        await().untilAsserted(() -> assertThat(RedisExam.findings(parts.redis().url()))
                .extracting(Finding::severity)
                .containsOnly(Severity.OK));

        redis("CONFIG SET maxmemory-policy allkeys-lru");
        try {
            await().untilAsserted(() -> assertThat(
                            wrong(RedisExam.findings(parts.redis().url())))
                    .containsEntry("redis.eviction", List.of("CONFIG SET maxmemory-policy volatile-ttl")));
        } finally {
            redis("CONFIG SET maxmemory-policy volatile-ttl");
        }
        await().untilAsserted(() -> assertThat(RedisExam.findings(parts.redis().url()))
                .extracting(Finding::severity)
                .containsOnly(Severity.OK));
    }

    @Test
    void aRedisThatIsTooOldOrAReplicaIsTold() {
        Map<String, String> right =
                Map.of("redis_version", "6.2.6", "role", "master", "maxmemory_policy", "noeviction");

        assertThat(exam(right)).extracting(Finding::severity).containsOnly(Severity.OK);
        assertThat(exam(with(right, "redis_version", "10.0.1")))
                .extracting(Finding::severity)
                .containsOnly(Severity.OK);
        assertThat(wrong(exam(with(right, "redis_version", "6.0.16")))).containsOnlyKeys("redis.version");
        assertThat(wrong(exam(with(right, "role", "slave")))).containsOnlyKeys("redis.role");
    }

    private static Map<String, String> with(Map<String, String> all, String key, String value) {
        Map<String, String> other = new HashMap<>(all);
        other.put(key, value);
        return other;
    }

    private static List<Finding> exam(Map<String, String> says) {
        return RedisExam.findings(false, new RedisInfo("here", says));
    }

    @Test
    void everyServerOfAClusterIsLookedAtAndOneThatIsNamedAloneIsTold(@TempDir Path folder) {
        try (RedisCluster cluster = RedisCluster.start(folder, 2, 0)) {
            List<Finding> findings = await().until(
                            () -> RedisExam.findings(cluster.url()),
                            found -> found.stream().allMatch(each -> each.severity() == Severity.OK));
            assertThat(findings)
                    .filteredOn(finding -> finding.check() == ServiceCheck.REDIS)
                    .extracting(Finding::message)
                    .hasSize(2)
                    .allSatisfy(message -> assertThat(message).startsWith("127.0.0.1:"));

            String alone = cluster.nodes().getFirst().url();
            await().untilAsserted(
                            () -> assertThat(wrong(RedisExam.findings(alone))).containsOnlyKeys("redis.cluster"));
        }
        String none = parts.redis().url().replace("redis:", "redis-cluster:");
        await().untilAsserted(() -> assertThat(RedisExam.findings(none))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("cluster support disabled")));
    }

    @RepeatedTest(5)
    void aRedisThatRefusesTheLoginIsToldWithoutThePassword() {
        String url = parts.redis().url().replace("redis://", "redis://someone:s3cret@");

        await().untilAsserted(() -> assertThat(RedisExam.findings(url))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                    assertThat(finding.message()).contains("WRONGPASS").doesNotContain("s3cret");
                }));
    }

    @Test
    void aRedisThatIsAwayAndSomethingElseOnItsPortAreTold() {
        assertThat(RedisExam.findings("redis://127.0.0.1:1"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.ERROR));
        assertThat(RedisExam.findings(parts.registry().url().replace("http://", "redis://")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("does not serve"));
    }

    @Test
    void aGatewayThatIsAwayAndOneThatIsNotReadyAreTold() throws Exception {
        assertThat(GatewayExam.finding("http://127.0.0.1:1").severity()).isEqualTo(Severity.ERROR);
        assertThat(GatewayExam.finding(parts.registry().url()).message()).contains("says 404");
    }

    private List<Finding> registryFindings() {
        return RegistryExam.findings(parts.registry().url(), Optional.of(CATALOG));
    }

    /// The fixes of what is wrong, by check.
    private static Map<String, List<String>> wrong(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.severity() != Severity.OK)
                .collect(Collectors.toMap(finding -> finding.check().id(), Finding::fix, (one, other) -> {
                    List<String> both = new ArrayList<>(one);
                    both.addAll(other);
                    return both;
                }));
    }

    /// Does what `kafka-configs.sh … --add-config name=value` does.
    private static void mend(Admin admin, String topic, List<String> commands) throws Exception {
        for (String command : commands) {
            if (command.contains("--entity-name " + topic + " ")) {
                String[] setting =
                        command.substring(command.indexOf("--add-config ") + 13).split("=", 2);
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry(setting[0], setting[1]), AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
            }
        }
    }

    private void redis(String command) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", parts.redis().port())) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII))
                    .isEqualTo("+OK");
        }
    }
}
