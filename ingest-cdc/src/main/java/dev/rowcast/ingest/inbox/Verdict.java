package dev.rowcast.ingest.inbox;

import dev.rowcast.schemas.inbox.Refusal;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What becomes of one record of the inbox.
sealed interface Verdict {

    /// @param change for `rowcast.changes`
    record Append(ProducerRecord<byte[], byte[]> change) implements Verdict {}

    /// The tenant published this id before, within the window.
    record Repeated() implements Verdict {}

    /// It goes to the dead letters.
    record Refused(Refusal refusal) implements Verdict {}
}
