package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.TopicPartition;

/// Looks for transactions that nobody ends: whoever reads what is committed stands still before the first of them. A
/// broker that is killed with its coordinator between the decision to commit and the markers can leave one.
final class TransactionExam {

    /// Six times as long as the coordinator lets one be open whose producer is silent.
    private static final Duration TOO_LONG = Duration.ofMinutes(1);

    private final Admin admin;
    private final String servers;

    TransactionExam(Admin admin, String servers) {
        this.admin = admin;
        this.servers = servers;
    }

    List<Finding> findings(List<FoundTopic> topics, Instant now) throws InterruptedException, ExecutionException {
        List<Finding> findings = new ArrayList<>();
        List<TopicPartition> asked =
                topics.stream().flatMap(TransactionExam::partitions).toList();
        for (Map.Entry<TopicPartition, PartitionProducerState> partition :
                admin.describeProducers(asked).all().get().entrySet()) {
            partition.getValue().activeProducers().stream()
                    .filter(producer -> isOpen(producer, now))
                    .map(producer -> finding(partition.getKey(), producer))
                    .forEach(findings::add);
        }
        findings.sort(Comparator.comparing(Finding::message));
        return findings.isEmpty()
                ? List.of(Finding.ok(ServiceCheck.KAFKA_HANGING_TRANSACTIONS, "none is open for long"))
                : findings;
    }

    private static Stream<TopicPartition> partitions(FoundTopic topic) {
        return topic.description().partitions().stream()
                .map(each -> new TopicPartition(topic.name(), each.partition()));
    }

    private static boolean isOpen(ProducerState producer, Instant now) {
        Instant last = Instant.ofEpochMilli(producer.lastTimestamp());
        return producer.currentTransactionStartOffset().isPresent()
                && Duration.between(last, now).compareTo(TOO_LONG) > 0;
    }

    private Finding finding(TopicPartition partition, ProducerState producer) {
        long offset = producer.currentTransactionStartOffset().orElseThrow();
        return Finding.error(
                ServiceCheck.KAFKA_HANGING_TRANSACTIONS,
                "%s has a transaction open since %s, and its readers wait before offset %d"
                        .formatted(partition, Instant.ofEpochMilli(producer.lastTimestamp()), offset),
                "let ingest of the source that wrote it go on: what it publishes next ends it; only where that source is"
                        + " gone for good, give up what is open",
                "kafka-transactions.sh --bootstrap-server %s abort --topic %s --partition %d --start-offset %d"
                        .formatted(servers, partition.topic(), partition.partition(), offset));
    }
}
