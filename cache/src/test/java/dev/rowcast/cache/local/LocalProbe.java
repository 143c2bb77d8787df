package dev.rowcast.cache.local;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.Stale;
import java.util.List;

/// Does to a local cache what the log's follower does.
public final class LocalProbe {

    private final LocalCache cache;
    private final RedisLink link;

    public LocalProbe(LocalCache cache, RedisLink link) {
        this.cache = cache;
        this.link = link;
    }

    /// The log was followed up to this offset, and says that this is stale, with a watermark of now.
    public void follow(int partition, long offset, Stale... stale) throws RedisUnavailableException {
        long asked = System.nanoTime();
        long nowMs = link.clockMs();
        cache.clock(nowMs, asked);
        cache.following(partition, offset);
        List.of(stale).forEach(cache::evict);
        cache.watermark(partition, nowMs);
    }
}
