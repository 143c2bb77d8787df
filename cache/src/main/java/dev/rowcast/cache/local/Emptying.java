package dev.rowcast.cache.local;

import dev.rowcast.cache.log.Evictions;
import dev.rowcast.cache.log.Watermarks;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import dev.rowcast.schemas.topic.Topics;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does to a [LocalCache] what a record of the log says. One that no other try would read may have evicted
/// anything, so everything goes.
record Emptying(LocalCache cache, Deserializer<Eviction> values) {

    private static final Logger log = LoggerFactory.getLogger(Emptying.class);

    /// @param watermarks of the record's partition
    /// @throws RegistryException when it does not answer, and its schema is needed
    void apply(ConsumerRecord<byte[], byte[]> record, Watermarks watermarks) {
        try {
            Eviction eviction = read(record.value());
            Evictions.stale(eviction, record.offset()).forEach(cache::evict);
            Evictions.watermark(eviction).ifPresent(redisMs -> watermarks.saw(eviction.getPartition(), redisMs));
        } catch (RegistryException e) {
            if (e.reason() == Reason.UNAVAILABLE) {
                throw e;
            }
            evictAll(record, e);
        } catch (RuntimeException | StackOverflowError e) {
            evictAll(record, e);
        }
    }

    private Eviction read(byte @Nullable [] value) {
        if (value == null) {
            throw new IllegalArgumentException("it has no value");
        }
        return values.deserialize(Topics.EVICTIONS.name(), value);
    }

    private void evictAll(ConsumerRecord<?, ?> record, Throwable cause) {
        cache.evict(new Stale.Everything(Optional.empty(), 0, record.offset()));
        log.atError()
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", cause.toString())
                .log("Eviction not readable, everything evicted");
    }
}
