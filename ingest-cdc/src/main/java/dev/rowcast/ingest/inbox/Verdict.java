package dev.rowcast.ingest.inbox;

import dev.rowcast.schemas.inbox.Refusal;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What becomes of one record of the inbox.
sealed interface Verdict {

    /// @param changes for `rowcast.changes`: one for each shard that the event addresses
    record Append(List<ProducerRecord<byte[], byte[]>> changes) implements Verdict {}

    /// The tenant published this id before, within the window.
    record Repeated() implements Verdict {}

    /// It goes to the dead letters.
    record Refused(Refusal refusal) implements Verdict {}
}
