package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.ingest.Preflight;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.topic.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/// Looks at Kafka: the brokers' settings, then the topics.
final class KafkaExam {

    private KafkaExam() {}

    static List<Finding> findings(String servers, Optional<Catalog> catalog) {
        Optional<Fault> away = Preflight.broker(servers);
        if (away.isPresent()) {
            Fault fault = away.get();
            return List.of(Finding.error(ServiceCheck.KAFKA, fault.code(), fault.reason(), fault.fix()));
        }
        List<Finding> findings = new ArrayList<>();
        try (Admin admin = Admin.create(new KafkaSettings(servers, IngestConfig.LARGEST_RECORD_BYTES).admin())) {
            Collection<Node> brokers = admin.describeCluster().nodes().get();
            findings.add(Finding.ok(
                    ServiceCheck.KAFKA,
                    "%s, %d %s".formatted(servers, brokers.size(), brokers.size() == 1 ? "broker" : "brokers")));
            findings.addAll(BrokerExam.findings(settings(admin, brokers), brokers.size(), servers));
            List<Topic<?, ?>> declared = TopicExam.declared(catalog);
            List<FoundTopic> found = FoundTopic.among(declared, admin);
            findings.addAll(new TopicExam(servers).findings(found, declared.size()));
            findings.addAll(new TransactionExam(admin, servers).findings(found, Instant.now()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            findings.add(
                    Finding.warning(
                            ServiceCheck.KAFKA_SETTINGS,
                            "Kafka does not let this user look: " + cause.getMessage(),
                            "allow Describe and DescribeConfigs on the cluster, and these and Read on topics rowcast.* and cdc.*"));
        }
        return findings;
    }

    /// Of each broker, by its id.
    private static Map<String, Map<String, String>> settings(Admin admin, Collection<Node> brokers)
            throws InterruptedException, ExecutionException {
        List<ConfigResource> asked = brokers.stream()
                .map(broker -> new ConfigResource(ConfigResource.Type.BROKER, broker.idString()))
                .toList();
        Map<String, Map<String, String>> settings = new HashMap<>();
        for (Map.Entry<ConfigResource, Config> broker :
                admin.describeConfigs(asked).all().get().entrySet()) {
            settings.put(broker.getKey().name(), values(broker.getValue()));
        }
        return settings;
    }

    static Map<String, String> values(Config config) {
        Map<String, String> values = new HashMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.value() != null) {
                values.put(entry.name(), entry.value());
            }
        }
        return values;
    }
}
