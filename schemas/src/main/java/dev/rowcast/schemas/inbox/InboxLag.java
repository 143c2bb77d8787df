package dev.rowcast.schemas.inbox;

import dev.rowcast.schemas.topic.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/// How many events wait in `rowcast.inbox` for ingest. Whoever lets more in asks it first. It counts offsets, so
/// gateways write without transactions, whose markers take some.
///
/// Nothing here blocks. Instances are safe for use by several threads.
public final class InboxLag {

    private static final String TOPIC = Topics.INBOX.name();

    private final Admin admin;

    /// @param admin stays the caller's, who closes it
    public InboxLag(Admin admin) {
        this.admin = admin;
    }

    /// What was measured, at one moment.
    ///
    /// @param waiting events in the topic that ingest has not ordered; it may count some that are ordered meanwhile
    /// @param topicId of the topic that was looked at
    /// @param partitions how many it has
    /// @param ordered by partition number, before which offset all is ordered or set aside; none where ingest
    ///     never read
    public record Reading(long waiting, String topicId, int partitions, Map<Integer, Long> ordered) {
        public Reading {
            ordered = Map.copyOf(ordered);
        }
    }

    /// Asks Kafka. Completes exceptionally with Kafka's exception when it does not answer or there is no inbox.
    public CompletionStage<Reading> measure() {
        return admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .toCompletionStage()
                .thenCompose(topics -> measure(topics.values().iterator().next()));
    }

    private CompletionStage<Reading> measure(TopicDescription topic) {
        CompletionStage<Map<TopicPartition, OffsetAndMetadata>> ordered = admin.listConsumerGroupOffsets(Inbox.GROUP)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage()
                .exceptionally(InboxLag::noneIfNeverRead);
        CompletionStage<Map<TopicPartition, ListOffsetsResultInfo>> oldest = offsets(topic, OffsetSpec.earliest());
        // The ends last: an event that is ordered meanwhile is then counted at worst as one that waits.
        return ordered.thenCombine(oldest, (positions, starts) -> read(topic, positions, starts))
                .thenCompose(each -> each);
    }

    private CompletionStage<Reading> read(
            TopicDescription topic,
            Map<TopicPartition, OffsetAndMetadata> positions,
            Map<TopicPartition, ListOffsetsResultInfo> oldest) {
        Map<TopicPartition, Long> starts = starts(topic, positions, oldest);
        return offsets(topic, OffsetSpec.latest()).thenApply(ends -> {
            long waiting = ends.entrySet().stream()
                    .mapToLong(end -> Math.max(0, end.getValue().offset() - starts.getOrDefault(end.getKey(), 0L)))
                    .sum();
            return new Reading(
                    waiting, topic.topicId().toString(), topic.partitions().size(), ordered(topic, positions));
        });
    }

    private static Map<Integer, Long> ordered(
            TopicDescription topic, Map<TopicPartition, OffsetAndMetadata> positions) {
        Map<Integer, Long> ordered = new HashMap<>();
        positions.forEach((partition, stored) -> {
            if (partition.topic().equals(TOPIC)
                    && stored != null
                    && InboxPosition.of(stored).isIn(topic.topicId().toString())) {
                ordered.put(partition.partition(), stored.offset());
            }
        });
        return ordered;
    }

    /// Where ingest goes on; events that retention took wait no more.
    private static Map<TopicPartition, Long> starts(
            TopicDescription topic,
            Map<TopicPartition, OffsetAndMetadata> positions,
            Map<TopicPartition, ListOffsetsResultInfo> oldest) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        oldest.forEach((partition, begin) -> {
            starts.put(partition, start(positions.get(partition), topic, begin.offset()));
        });
        return starts;
    }

    private static long start(@Nullable OffsetAndMetadata stored, TopicDescription topic, long oldest) {
        return stored != null && InboxPosition.of(stored).isIn(topic.topicId().toString())
                ? Math.max(stored.offset(), oldest)
                : oldest;
    }

    private CompletionStage<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
            TopicDescription topic, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        topic.partitions().forEach(info -> wanted.put(new TopicPartition(TOPIC, info.partition()), which));
        return admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .toCompletionStage();
    }

    private static Map<TopicPartition, OffsetAndMetadata> noneIfNeverRead(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof GroupIdNotFoundException) {
            return Map.of();
        }
        throw cause instanceof RuntimeException known ? known : new CompletionException(cause);
    }
}
