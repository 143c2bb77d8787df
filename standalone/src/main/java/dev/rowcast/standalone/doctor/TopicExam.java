package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.TopicConfig;

/// Holds the topics that are there against what Rowcast declares them to be.
final class TopicExam {

    private final String servers;
    private final Map<ServiceCheck, List<Finding>> wrong = new LinkedHashMap<>();

    TopicExam(String servers) {
        this.servers = servers;
    }

    /// @param declared how many there should be
    List<Finding> findings(List<FoundTopic> found, int declared) {
        found.forEach(topic -> {
            partitions(topic);
            writable(topic);
            retention(topic);
        });
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(
                ServiceCheck.KAFKA_TOPICS,
                found.size() == declared
                        ? "all %d are there".formatted(declared)
                        : "%d of %d are there; the start makes the others".formatted(found.size(), declared)));
        if (!found.isEmpty()) {
            findings.addAll(wrong.getOrDefault(
                    ServiceCheck.KAFKA_PARTITIONS,
                    List.of(Finding.ok(ServiceCheck.KAFKA_PARTITIONS, "as declared, each with a leader"))));
            findings.addAll(wrong.getOrDefault(
                    ServiceCheck.KAFKA_RETENTION,
                    List.of(Finding.ok(ServiceCheck.KAFKA_RETENTION, "as declared, or longer"))));
            findings.addAll(wrong.getOrDefault(ServiceCheck.KAFKA_MESSAGE_SIZE, List.of()));
        }
        return findings;
    }

    /// All that this catalog leads to.
    static List<Topic<?, ?>> declared(Optional<Catalog> catalog) {
        List<Topic<?, ?>> declared = new ArrayList<>(
                Topics.all(catalog.map(known -> known.highVolume().tenants()).orElse(List.of())));
        catalog.ifPresent(known ->
                known.publishedTables().forEach(table -> declared.add(Topics.rows(known.source(), table.toString()))));
        return declared;
    }

    /// The partition of a key depends on their number, so it is the same everywhere and for ever.
    private void partitions(FoundTopic topic) {
        int there = topic.description().partitions().size();
        if (there != topic.declared().partitions()) {
            add(Finding.error(
                    ServiceCheck.KAFKA_PARTITIONS,
                    "%s has %d partitions instead of %d, so keys are not where others look for them"
                            .formatted(topic.name(), there, topic.declared().partitions()),
                    "stop Rowcast and delete the topic; the start makes it anew, in a new epoch",
                    "kafka-topics.sh --bootstrap-server %s --delete --topic %s".formatted(servers, topic.name())));
        }
    }

    private void writable(FoundTopic topic) {
        long inSync = topic.number(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        topic.description().partitions().stream()
                .filter(partition -> partition.leader() == null
                        || partition.leader().isEmpty()
                        || partition.isr().size() < inSync)
                .findFirst()
                .ifPresent(partition -> add(Finding.error(
                        ServiceCheck.KAFKA_PARTITIONS,
                        "%s takes no writes: of partition %d %d copies are in sync, and min.insync.replicas is %d"
                                .formatted(
                                        topic.name(),
                                        partition.partition(),
                                        partition.isr().size(),
                                        inSync),
                        "start the brokers that are away, or ask for fewer copies",
                        alter(topic, "min.insync.replicas=1"))));
        long bytes = topic.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (bytes >= 0
                && bytes < IngestConfig.LARGEST_RECORD_BYTES
                && topic.config().containsKey("max.message.bytes")) {
            add(Finding.error(
                    ServiceCheck.KAFKA_MESSAGE_SIZE,
                    "max.message.bytes of %s is %d, and ingest sends up to %d"
                            .formatted(topic.name(), bytes, IngestConfig.LARGEST_RECORD_BYTES),
                    "allow as much as Kafka does by default",
                    alter(topic, "max.message.bytes=1048588")));
        }
    }

    private void retention(FoundTopic topic) {
        Map<String, String> wanted = topic.declared().retention().config();
        String policy = topic.config().getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
        String wantedPolicy = wanted.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
        if (!policy.equals(wantedPolicy)) {
            add(Finding.error(
                    ServiceCheck.KAFKA_RETENTION,
                    "cleanup.policy of %s is %s instead of %s, so it loses records that are needed"
                            .formatted(topic.name(), policy, wantedPolicy),
                    "set it",
                    alter(topic, "cleanup.policy=" + wantedPolicy)));
            return;
        }
        String wantedMs = wanted.getOrDefault(TopicConfig.RETENTION_MS_CONFIG, "-1");
        long ms = topic.number(TopicConfig.RETENTION_MS_CONFIG);
        if (!wantedMs.equals("-1") && ms >= 0 && ms < Long.parseLong(wantedMs)) {
            add(Finding.warning(
                    ServiceCheck.KAFKA_RETENTION,
                    "retention.ms of %s is %d, declared is %s".formatted(topic.name(), ms, wantedMs),
                    "set it, or know that clients can resume for less long",
                    alter(topic, "retention.ms=" + wantedMs)));
        }
        if (policy.equals(TopicConfig.CLEANUP_POLICY_DELETE) && topic.number(TopicConfig.RETENTION_BYTES_CONFIG) >= 0) {
            add(Finding.warning(
                    ServiceCheck.KAFKA_RETENTION,
                    "retention.bytes of %s is %d: under load records go before their time"
                            .formatted(topic.name(), topic.number(TopicConfig.RETENTION_BYTES_CONFIG)),
                    "keep by time only",
                    alter(topic, "retention.bytes=-1")));
        }
    }

    private String alter(FoundTopic topic, String setting) {
        return "kafka-configs.sh --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config %s"
                .formatted(servers, topic.name(), setting);
    }

    private void add(Finding finding) {
        wrong.computeIfAbsent((ServiceCheck) finding.check(), key -> new ArrayList<>())
                .add(finding);
    }
}
