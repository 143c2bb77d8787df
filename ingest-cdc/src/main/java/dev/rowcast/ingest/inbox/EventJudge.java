package dev.rowcast.ingest.inbox;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.inbox.EventRules;
import dev.rowcast.schemas.inbox.Refusal;
import dev.rowcast.schemas.inbox.Refusal.Code;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Decides what becomes of each record of the inbox, in the order of its partition. For one thread.
final class EventJudge {

    private final EventRules rules;
    private final EventEncoder encoder;
    private final Deserializer<PublishedEvent> reader;
    private final SeenEvents seen = new SeenEvents();
    private final int inboxPartitions;

    /// @param inboxPartitions how many the inbox really has
    EventJudge(EventRules rules, EventEncoder encoder, TopicSerdes serdes, int inboxPartitions) {
        this.rules = rules;
        this.encoder = encoder;
        this.reader = serdes.value(Topics.INBOX).deserializer();
        this.inboxPartitions = inboxPartitions;
    }

    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        RefusedException(Code code, String reason) {
            this(new Refusal(code, reason));
        }

        RefusedException(Refusal refusal) {
            super(refusal.reason(), null, false, false);
            this.refusal = refusal;
        }
    }

    /// @throws RegistryException when the schema cannot be had now; nothing is noted then
    Verdict judge(ConsumerRecord<byte[], byte[]> record) {
        try {
            String tenant = tenant(record);
            PublishedEvent event = read(record);
            Optional<Refusal> refusal = rules.refuse(event);
            if (refusal.isPresent()) {
                return new Verdict.Refused(refusal.get());
            }
            Verdict.Append append = new Verdict.Append(encoder.changes(tenant, event, record.headers()));
            if (!append.changes().stream().allMatch(encoder::fits)) {
                throw new RefusedException(Code.TOO_LARGE, "the change would be larger than Kafka takes");
            }
            return seen.repeats(record.partition(), record.offset(), tenant, event.getId())
                    ? new Verdict.Repeated()
                    : append;
        } catch (RefusedException e) {
            return new Verdict.Refused(e.refusal);
        }
    }

    private String tenant(ConsumerRecord<byte[], byte[]> record) throws RefusedException {
        byte @Nullable [] key = record.key();
        if (key == null) {
            throw new RefusedException(Code.NO_TENANT, "the record has no key");
        }
        String tenant;
        try {
            tenant = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
            tenant = new TenantId(tenant).value();
        } catch (CharacterCodingException e) {
            throw new RefusedException(Code.NO_TENANT, "the key is not UTF-8");
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    Code.NO_TENANT, "the key must be a tenant: 1 to 128 characters without control characters");
        }
        if (encoder.isShard(tenant)) {
            throw new RefusedException(Code.NO_TENANT, "the key is the name of another tenant's shard");
        }
        int expected = Partitions.of(tenant, inboxPartitions);
        if (expected != record.partition()) {
            throw new RefusedException(
                    Code.WRONG_PARTITION,
                    "the tenant belongs to partition %d, the record is in %d".formatted(expected, record.partition()));
        }
        return tenant;
    }

    /// Whatever a record makes the reader throw, another try would make it throw again.
    private PublishedEvent read(ConsumerRecord<byte[], byte[]> record) throws RefusedException {
        if (record.value() == null) {
            throw new RefusedException(Code.UNREADABLE, "the record has no value");
        }
        try {
            return reader.deserialize(record.topic(), record.value());
        } catch (RegistryException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // The memory that it asks for is what the record's own counts say.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new RefusedException(Code.UNREADABLE, e.getMessage() + "; " + cause);
        }
    }
}
