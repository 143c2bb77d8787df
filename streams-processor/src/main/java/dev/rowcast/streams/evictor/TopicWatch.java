package dev.rowcast.streams.evictor;

import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Looks now and then which topics there are and where they end, without making anybody wait.
final class TopicWatch {

    private final Admin admin;
    private final long everyNanos;
    private long lookedNanos;
    private boolean looked;
    private volatile boolean asking;
    private volatile Optional<LogTopic> topic = Optional.empty();
    private volatile Map<Integer, Long> ends = Map.of();

    TopicWatch(Admin admin, Duration every) {
        this.admin = admin;
        this.everyNanos = every.toNanos();
    }

    /// Empty while it is not known, and when there is none.
    Optional<LogTopic> topic() {
        return topic;
    }

    /// Where a partition of `rowcast.evictions` ends.
    OptionalLong end(int partition) {
        Long end = ends.get(partition);
        return end == null ? OptionalLong.empty() : OptionalLong.of(end);
    }

    /// Looks if it is time to.
    ///
    /// @return whether it was
    boolean look() {
        long now = System.nanoTime();
        if (asking || looked && now - lookedNanos < everyNanos) {
            return false;
        }
        looked = true;
        lookedNanos = now;
        asking = true;
        admin.describeTopics(List.of(Topics.EVICTIONS.name(), Topics.CHANGES.name()))
                .allTopicNames()
                .toCompletionStage()
                .whenComplete((found, failure) -> {
                    if (failure == null) {
                        describe(found);
                    } else if (cause(failure) instanceof UnknownTopicOrPartitionException) {
                        topic = Optional.empty();
                    }
                    asking = false;
                });
        return true;
    }

    private void describe(Map<String, TopicDescription> found) {
        TopicDescription evictions = Objects.requireNonNull(found.get(Topics.EVICTIONS.name()));
        TopicDescription changes = Objects.requireNonNull(found.get(Topics.CHANGES.name()));
        topic = Optional.of(new LogTopic(
                evictions.topicId().toString(), changes.partitions().size()));
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(
                        0, evictions.partitions().size())
                .mapToObj(partition -> new TopicPartition(Topics.EVICTIONS.name(), partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .toCompletionStage()
                .whenComplete((offsets, failure) -> {
                    if (failure == null) {
                        note(offsets);
                    }
                });
    }

    private void note(Map<TopicPartition, ListOffsetsResultInfo> offsets) {
        Map<Integer, Long> known = new HashMap<>();
        offsets.forEach((partition, info) -> known.put(partition.partition(), info.offset()));
        ends = Map.copyOf(known);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
