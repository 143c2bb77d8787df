package dev.rowcast.ingest;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// What is left open in the topics that all sources share. A broker that stops between the decision to commit and its
/// markers may lose them (seen with Kafka 4.3.1), and then the transaction stays open until its publisher goes on. When
/// a test has ended it never does, and every test after it would wait for that.
final class OpenTransactions {

    private static final List<TopicPartition> SHARED = IntStream.rangeClosed(0, Topics.CHANGES.partitions())
            .mapToObj(i -> i == 0
                    ? new TopicPartition(Topics.CAPTURE_PROGRESS.name(), 0)
                    : new TopicPartition(Topics.CHANGES.name(), i - 1))
            .toList();

    /// One of them in one partition.
    private record Open(TopicPartition partition, long producer, int epoch, int coordinatorEpoch, long begin) {

        static Open of(TopicPartition partition, ProducerState producer) {
            return new Open(
                    partition,
                    producer.producerId(),
                    producer.producerEpoch(),
                    producer.coordinatorEpoch().orElse(0),
                    producer.currentTransactionStartOffset().orElseThrow());
        }

        AbortTransactionSpec abort() {
            return new AbortTransactionSpec(partition, producer, (short) epoch, coordinatorEpoch);
        }
    }

    private OpenTransactions() {}

    /// Ends what is open now and still is after this time.
    ///
    /// @param patience longer than a transaction may be open whose publisher is well
    static void end(Kafka kafka, Duration patience) {
        try (Admin admin = Admin.create(
                Map.<String, Object>of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
            Set<Open> open = find(admin);
            try {
                Awaitility.await().atMost(patience).until(() -> {
                    open.retainAll(find(admin));
                    return open.isEmpty();
                });
            } catch (ConditionTimeoutException e) {
                open.forEach(each -> answer(admin.abortTransaction(each.abort()).all()));
            }
        }
    }

    private static Set<Open> find(Admin admin) {
        List<TopicPartition> there = new ArrayList<>(SHARED);
        Set<String> topics = answer(admin.listTopics().names());
        there.removeIf(partition -> !topics.contains(partition.topic()));
        Set<Open> open = new HashSet<>();
        answer(admin.describeProducers(there).all())
                .forEach((partition, producers) -> producers.activeProducers().stream()
                        .filter(producer ->
                                producer.currentTransactionStartOffset().isPresent())
                        .map(producer -> Open.of(partition, producer))
                        .forEach(open::add));
        return open;
    }

    private static <T> T answer(KafkaFuture<T> asked) {
        return asked.toCompletionStage().toCompletableFuture().join();
    }
}
