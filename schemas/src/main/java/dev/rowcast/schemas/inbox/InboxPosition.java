package dev.rowcast.schemas.inbox;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/// Up to where a partition of the inbox is ordered, as it stands in Kafka under [Inbox#GROUP]. It names the topic's
/// id, because offsets outlive a topic that is deleted and made again, and mean nothing in the new one.
///
/// @param offset of the first event that waits
/// @param topicId of `rowcast.inbox`; empty when an operator set the offset by hand
/// @param source whose ingest ordered what is before it; empty when an operator set the offset by hand
public record InboxPosition(long offset, Optional<String> topicId, Optional<String> source) {

    /// What Kafka said.
    public static InboxPosition of(OffsetAndMetadata stored) {
        String[] words = stored.metadata().split(" ", 2);
        return words.length == 2
                ? new InboxPosition(stored.offset(), Optional.of(words[0]), Optional.of(words[1]))
                : new InboxPosition(stored.offset(), Optional.empty(), Optional.empty());
    }

    /// What to tell Kafka.
    public static OffsetAndMetadata stored(long offset, String topicId, String source) {
        return new OffsetAndMetadata(offset, Optional.empty(), topicId + " " + source);
    }

    /// Whether the offset counts events of the topic with this id.
    public boolean isIn(String idOfTopic) {
        return topicId.map(idOfTopic::equals).orElse(true);
    }
}
