package dev.rowcast.cache.local;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.Stale;
import java.util.List;
import java.util.OptionalLong;

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
        follow(partition, offset, List.of(stale), OptionalLong.of(readClock()));
    }

    public void follow(int partition, long offset, List<Stale> stale, OptionalLong watermarkMs) {
        cache.following(partition, offset);
        stale.forEach(cache::evict);
        watermarkMs.ifPresent(ms -> cache.watermark(partition, ms));
    }

    public long readClock() throws RedisUnavailableException {
        long asked = System.nanoTime();
        long nowMs = link.clockMs();
        cache.clock(nowMs, asked);
        return nowMs;
    }
}
