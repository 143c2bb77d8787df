package dev.rowcast.gateway.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.Applied;
import dev.rowcast.cache.shared.Place;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Applies evictions to Redis as a test says, with a watermark of now.
final class EvictorStandIn {

    private static final String TOPIC = "topic-1";

    private final SharedCache cache;
    private final RedisLink redis;
    private long offset = -1;

    EvictorStandIn(SharedCache cache, RedisLink redis) throws RedisUnavailableException {
        this.cache = cache;
        this.redis = redis;
        for (int partition = 0; partition < Topics.EVICTIONS.partitions(); partition++) {
            cache.reset(partition, Optional.empty(), new Place(TOPIC, -1));
        }
        evict("demo", 0);
    }

    /// Makes these tags of a tenant stale, because of a transaction.
    void evict(String tenant, long xid, String... tags) throws RedisUnavailableException {
        List<Stale> stale = Arrays.stream(tags)
                .<Stale>map(tag -> new Stale.Tag(new TenantId(tenant), tag, xid))
                .toList();
        OptionalLong watermark = OptionalLong.of(redis.clockMs());
        for (int partition = 0; partition < Topics.EVICTIONS.partitions(); partition++) {
            assertThat(cache.apply(partition, new Place(TOPIC, offset), offset + 1, watermark, stale))
                    .isEqualTo(new Applied.Ok());
        }
        offset++;
    }
}
