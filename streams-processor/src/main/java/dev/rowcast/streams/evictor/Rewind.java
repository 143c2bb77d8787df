package dev.rowcast.streams.evictor;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/// Where to begin again: so far back that whatever was read from the database before meets its fences. Times are those
/// of the log, whose writers' clocks may be behind ours.
///
/// @param by how far back
record Rewind(Consumer<?, ?> consumer, Admin admin, Duration by, InstantSource clock) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Whether the log has what stands behind an offset, or will have it next.
    boolean reaches(TopicPartition partition, long offset) {
        return offset + 1 >= first(partition) && offset + 1 <= end(partition);
    }

    /// @return the offset behind which to begin
    /// @throws KafkaException when the broker does not answer
    long offset(TopicPartition partition) {
        long now = clock.millis();
        long newest = newestMs(partition);
        long since = (newest < 0 ? now : Math.min(now, newest)) - by.toMillis();
        OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, Math.max(0, since)), PATIENCE)
                .get(partition);
        return (found == null ? first(partition) : found.offset()) - 1;
    }

    private long first(TopicPartition partition) {
        return Objects.requireNonNull(
                consumer.beginningOffsets(Set.of(partition), PATIENCE).get(partition));
    }

    private long end(TopicPartition partition) {
        return Objects.requireNonNull(
                consumer.endOffsets(Set.of(partition), PATIENCE).get(partition));
    }

    /// -1 for an empty log.
    private long newestMs(TopicPartition partition) {
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                    .partitionResult(partition)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .timestamp();
        } catch (ExecutionException e) {
            throw new KafkaException("the newest record's time is not known", e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("the newest record's time was not told in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while the broker was asked", e);
        }
    }
}
