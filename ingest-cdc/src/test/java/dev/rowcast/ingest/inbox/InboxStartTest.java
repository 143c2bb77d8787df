package dev.rowcast.ingest.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.ingest.inbox.InboxStart.Loss;
import dev.rowcast.schemas.inbox.InboxPosition;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A position that cannot be kept leads to the oldest event, loudly, and never past one.
class InboxStartTest {

    private static final TopicPartition PARTITION = new TopicPartition("rowcast.inbox", 3);

    @Test
    @DisplayName("K-2: the first start begins at the oldest event")
    void theFirstStartBeginsAtTheOldestEvent() {
        InboxStart start = InboxStart.of("id", Map.of(), Map.of(PARTITION, 7L), Map.of(PARTITION, 9L));

        assertThat(start.offsets()).isEqualTo(Map.of(3, 7L));
        assertThat(start.losses()).isEmpty();
    }

    @Test
    void aPositionWithinTheTopicIsKept() {
        assertThat(at(InboxPosition.stored(7, "id", "app")).losses()).isEmpty();
        assertThat(at(InboxPosition.stored(8, "id", "app")).offsets()).isEqualTo(Map.of(3, 8L));
        assertThat(at(InboxPosition.stored(9, "id", "other")).offsets()).isEqualTo(Map.of(3, 9L));
    }

    @Test
    void aPositionThatAnOperatorSetIsKept() {
        assertThat(at(new OffsetAndMetadata(8)).offsets()).isEqualTo(Map.of(3, 8L));
    }

    @Test
    @DisplayName("K-2: expired events are told, and those that are left are not skipped")
    void expiredEventsAreTold() {
        refusesToKeep(InboxPosition.stored(6, "id", "app"), Loss.Kind.INBOX_EXPIRED);
    }

    @Test
    @DisplayName("K-3: a position in another topic of the same name means nothing")
    void aPositionInAnotherTopicMeansNothing() {
        refusesToKeep(InboxPosition.stored(8, "former", "app"), Loss.Kind.INBOX_RECREATED);
    }

    @Test
    @DisplayName("K-2: a position behind the end begins at the oldest event")
    void aPositionBehindTheEndBeginsAtTheOldestEvent() {
        refusesToKeep(InboxPosition.stored(10, "id", "app"), Loss.Kind.INBOX_REWOUND);
    }

    private static void refusesToKeep(OffsetAndMetadata stored, Loss.Kind kind) {
        assertThat(at(stored).offsets()).isEqualTo(Map.of(3, 7L));
        assertThat(at(stored).losses()).containsExactly(new Loss(3, kind, stored.offset(), 7));
    }

    /// Events 7 and 8 are in the topic.
    private static InboxStart at(OffsetAndMetadata stored) {
        return InboxStart.of("id", Map.of(PARTITION, stored), Map.of(PARTITION, 7L), Map.of(PARTITION, 9L));
    }
}
