package dev.rowcast.streams.evictor;

import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import dev.rowcast.schemas.topic.Topics;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads records. One that no other try would read may have evicted anything, so it is taken to have evicted
/// everything: a cold cache is better than a stale one.
record Reader(Deserializer<Eviction> values) {

    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    /// @throws RegistryException when it does not answer, and its schema is needed
    List<LoggedEviction> read(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(this::read).toList();
    }

    private LoggedEviction read(ConsumerRecord<byte[], byte @Nullable []> record) {
        byte[] value = record.value();
        if (value == null) {
            return unreadable(record, "it has no value");
        }
        try {
            return LoggedEviction.of(record.offset(), values.deserialize(Topics.EVICTIONS.name(), value));
        } catch (RegistryException e) {
            if (e.reason() == Reason.UNAVAILABLE) {
                throw e;
            }
            return unreadable(record, e.toString());
        } catch (RuntimeException | StackOverflowError e) {
            return unreadable(record, e.toString());
        }
    }

    private static LoggedEviction unreadable(ConsumerRecord<?, ?> record, String reason) {
        LOG.atError()
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", reason)
                .log("Eviction not readable, everything evicted");
        return LoggedEviction.unreadable(record.offset());
    }
}
