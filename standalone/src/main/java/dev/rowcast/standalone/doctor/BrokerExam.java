package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.ingest.check.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Holds brokers' settings against what Rowcast's producers need.
final class BrokerExam {

    /// A record of the largest size with what Kafka puts around it.
    private static final long LARGEST_MESSAGE = IngestConfig.LARGEST_RECORD_BYTES + 16L * 1024;

    /// Ingest's transactions end within 10 s; the topology's, where it has any, within a minute.
    private static final long TRANSACTION_MS = 60_000;

    private final Map<String, Map<String, String>> brokers;
    private final int count;
    private final String servers;

    private BrokerExam(Map<String, Map<String, String>> brokers, int count, String servers) {
        this.brokers = new TreeMap<>(brokers);
        this.count = count;
        this.servers = servers;
    }

    /// @param brokers settings by broker id
    /// @param count how many brokers there are
    static List<Finding> findings(Map<String, Map<String, String>> brokers, int count, String servers) {
        BrokerExam exam = new BrokerExam(brokers, count, servers);
        List<Finding> findings = new ArrayList<>(List.of(exam.autoCreate(), exam.messageSize()));
        findings.addAll(exam.transactions());
        findings.addAll(exam.copies());
        return findings;
    }

    private Finding autoCreate() {
        boolean creates = brokers.values().stream()
                .anyMatch(broker ->
                        broker.getOrDefault("auto.create.topics.enable", "true").equals("true"));
        return creates
                ? Finding.warning(
                        ServiceCheck.KAFKA_AUTO_CREATE,
                        "auto.create.topics.enable is true: a mistyped name makes a topic, with the wrong settings",
                        "set it in every broker's server.properties and restart it",
                        "auto.create.topics.enable=false")
                : Finding.ok(ServiceCheck.KAFKA_AUTO_CREATE, "only on purpose");
    }

    private Finding messageSize() {
        long smallest = smallest("message.max.bytes");
        return smallest < LARGEST_MESSAGE
                ? Finding.error(
                        ServiceCheck.KAFKA_MESSAGE_SIZE,
                        "message.max.bytes is %d, and ingest sends up to %d".formatted(smallest, LARGEST_MESSAGE),
                        "allow as much as Kafka does by default",
                        alter("message.max.bytes=1048588"))
                : Finding.ok(ServiceCheck.KAFKA_MESSAGE_SIZE, "up to %,d bytes".formatted(smallest));
    }

    private List<Finding> transactions() {
        List<Finding> findings = new ArrayList<>();
        long copies = largest("transaction.state.log.replication.factor");
        if (copies > count) {
            findings.add(Finding.error(
                    ServiceCheck.KAFKA_TRANSACTIONS,
                    "transaction.state.log.replication.factor is %d with %d %s, so no transaction can begin"
                            .formatted(copies, count, count == 1 ? "broker" : "brokers"),
                    "start more brokers, or set in every broker's server.properties and restart it",
                    "transaction.state.log.replication.factor=" + count,
                    "transaction.state.log.min.isr=" + Math.max(1, count - 1)));
        }
        long timeout = smallest("transaction.max.timeout.ms");
        if (timeout < TRANSACTION_MS) {
            findings.add(Finding.error(
                    ServiceCheck.KAFKA_TRANSACTIONS,
                    "transaction.max.timeout.ms is %d, and Rowcast asks for up to %d"
                            .formatted(timeout, TRANSACTION_MS),
                    "set it in every broker's server.properties and restart it",
                    "transaction.max.timeout.ms=900000"));
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(
                        ServiceCheck.KAFKA_TRANSACTIONS,
                        "state in %d %s".formatted(copies, copies == 1 ? "copy" : "copies")))
                : findings;
    }

    /// What new topics get. Those that are there already are looked at one by one.
    private List<Finding> copies() {
        long copies = largest("default.replication.factor");
        long inSync = largest("min.insync.replicas");
        if (inSync > Math.min(copies, count)) {
            return List.of(Finding.error(
                    ServiceCheck.KAFKA_COPIES,
                    "min.insync.replicas is %d, and new topics get %d %s on %d %s, so no write is taken"
                            .formatted(
                                    inSync,
                                    copies,
                                    copies == 1 ? "copy" : "copies",
                                    count,
                                    count == 1 ? "broker" : "brokers"),
                    "ask for fewer, or start more brokers",
                    alter("min.insync.replicas=" + Math.max(1, Math.min(copies, count) - 1))));
        }
        if (count >= 3 && (copies < 3 || inSync < 2)) {
            return List.of(Finding.warning(
                    ServiceCheck.KAFKA_COPIES,
                    "new topics get %d copies, of which %d must have a record: the loss of one broker may lose records"
                            .formatted(copies, inSync),
                    "set it in every broker's server.properties and restart it",
                    "default.replication.factor=3",
                    "min.insync.replicas=2"));
        }
        return List.of(Finding.ok(
                ServiceCheck.KAFKA_COPIES,
                copies == 1
                        ? "1 of each topic; the loss of its disk loses it"
                        : "%d of each new topic, %d must have a record".formatted(copies, inSync)));
    }

    private String alter(String setting) {
        return "kafka-configs.sh --bootstrap-server %s --alter --entity-type brokers --entity-default --add-config %s"
                .formatted(servers, setting);
    }

    private long smallest(String name) {
        return numbers(name).stream().min(Comparator.naturalOrder()).orElse(Long.MAX_VALUE);
    }

    private long largest(String name) {
        return numbers(name).stream().max(Comparator.naturalOrder()).orElse(1L);
    }

    private List<Long> numbers(String name) {
        return brokers.values().stream()
                .filter(broker -> broker.containsKey(name))
                .map(broker -> Long.parseLong(broker.getOrDefault(name, "0")))
                .toList();
    }
}
