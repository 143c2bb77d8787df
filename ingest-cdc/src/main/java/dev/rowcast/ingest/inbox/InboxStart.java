package dev.rowcast.ingest.inbox;

import dev.rowcast.schemas.inbox.InboxPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Where to go on in each partition, and what was lost or may come again because of that. A position that cannot be
/// kept leads to the oldest event that is still there, never past one.
///
/// @param offsets by partition number
record InboxStart(Map<Integer, Long> offsets, List<Loss> losses) {

    /// A position that could not be kept.
    ///
    /// @param stored the offset that Kafka had for us
    /// @param start where it goes on instead
    record Loss(int partition, Kind kind, long stored, long start) {

        /// What happened. The names are API: they stand in the headers of dead letters.
        enum Kind {
            INBOX_EXPIRED("retention took events before they were ordered"),
            INBOX_RECREATED("the topic was deleted and made again; what waited in the old one is gone"),
            INBOX_REWOUND("the topic ends before the position; events may be lost, others may come again");

            private final String meaning;

            Kind(String meaning) {
                this.meaning = meaning;
            }

            String meaning() {
                return meaning;
            }
        }

        String reason() {
            return "%s: offset %d, went on at %d".formatted(kind.meaning(), stored, start);
        }
    }

    /// @param topicId of the topic as it is now
    /// @param stored what Kafka keeps for us, none for a partition that was never read
    /// @param oldest offset of the oldest event of every partition
    /// @param ends offset after the newest one
    static InboxStart of(
            String topicId,
            Map<TopicPartition, OffsetAndMetadata> stored,
            Map<TopicPartition, Long> oldest,
            Map<TopicPartition, Long> ends) {
        Map<Integer, Long> offsets = new TreeMap<>();
        List<Loss> losses = new ArrayList<>();
        oldest.forEach((partition, first) -> {
            @Nullable OffsetAndMetadata kept = stored.get(partition);
            if (kept == null) {
                offsets.put(partition.partition(), first);
                return;
            }
            InboxPosition position = InboxPosition.of(kept);
            Loss.@Nullable Kind kind = loss(position, topicId, first, ends.getOrDefault(partition, first));
            offsets.put(partition.partition(), kind == null ? position.offset() : first);
            if (kind != null) {
                losses.add(new Loss(partition.partition(), kind, position.offset(), first));
            }
        });
        return new InboxStart(offsets, losses);
    }

    private static Loss.@Nullable Kind loss(InboxPosition position, String topicId, long oldest, long end) {
        if (!position.isIn(topicId)) {
            return Loss.Kind.INBOX_RECREATED;
        }
        if (position.offset() < oldest) {
            return Loss.Kind.INBOX_EXPIRED;
        }
        return position.offset() > end ? Loss.Kind.INBOX_REWOUND : null;
    }
}
