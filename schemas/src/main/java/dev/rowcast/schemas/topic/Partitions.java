package dev.rowcast.schemas.topic;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/// Which partition a key belongs to: Kafka's own default rule, stated once because ingest, gateway and topology must
/// agree on it.
public final class Partitions {

    private Partitions() {}

    /// @param partitions how many the topic has, at least 1
    /// @return 0 up to `partitions` - 1
    public static int of(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /// Which cache partition holds what a tenant has under a tag: the partition of `rowcast.evictions`, and the slot of
    /// the cache.
    ///
    /// @param tenant empty for no tenant in particular
    public static int ofTag(String tenant, String tag) {
        return of(tenant + "|" + tag, Topics.EVICTIONS.partitions());
    }
}
