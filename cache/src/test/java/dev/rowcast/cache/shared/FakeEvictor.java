package dev.rowcast.cache.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.schemas.topic.Topics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Applies to all cache partitions what a test says, in step.
public final class FakeEvictor {

    public static final String TOPIC = "topic-1";

    private final SharedCache cache;
    private final RedisLink link;
    private long offset = -1;

    public FakeEvictor(SharedCache cache, RedisLink link) {
        this.cache = cache;
        this.link = link;
    }

    /// Resets all partitions to the log's beginning.
    public void reset() throws RedisUnavailableException {
        for (int partition = 0; partition < Topics.EVICTIONS.partitions(); partition++) {
            cache.reset(partition, Optional.empty(), new Place(TOPIC, -1));
        }
    }

    /// Makes this stale, with a watermark of now.
    public void evict(Stale... stale) throws RedisUnavailableException {
        evictAt(link.clockMs(), stale);
    }

    public void evictAt(long watermarkMs, Stale... stale) throws RedisUnavailableException {
        for (int partition = 0; partition < Topics.EVICTIONS.partitions(); partition++) {
            Place from = new Place(TOPIC, offset);
            assertThat(cache.apply(partition, from, offset + 1, OptionalLong.of(watermarkMs), List.of(stale)))
                    .isEqualTo(new Applied.Ok());
        }
        offset++;
    }

    /// The last one that was applied.
    public long offset() {
        return offset;
    }
}
