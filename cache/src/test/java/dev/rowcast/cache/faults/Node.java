package dev.rowcast.cache.faults;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.cache.local.LocalCache;
import dev.rowcast.cache.local.LocalProbe;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A process that reads through the cache: with what it keeps for itself, which follows the log at its own pace.
final class Node implements AutoCloseable {

    private static final int PIECE = 200;

    private final RedisLink link;
    private final SharedCache shared;
    private final Cache cache;
    private final LocalProbe probe;
    private final long[] followed = new long[Topics.EVICTIONS.partitions()];
    private volatile boolean lagging;

    Node(String redisUrl, SharedCacheConfig config, CommitLog log) {
        this.link = RedisLink.open(RedisConfig.of(redisUrl));
        this.shared = new SharedCache(link, config);
        LocalCache local = new LocalCache(Duration.ofSeconds(60), 16 << 20, 256, System::nanoTime);
        this.cache =
                new Cache(Optional.of(shared), Optional.of(local), CacheConfig.DEFAULTS, new SimpleMeterRegistry());
        this.probe = new LocalProbe(local, link);
        for (int partition = 0; partition < followed.length; partition++) {
            followed[partition] = log.end(partition) - 1;
            probe.follow(partition, followed[partition], List.of(), OptionalLong.empty());
        }
    }

    Cache cache() {
        return cache;
    }

    SharedCache shared() {
        return shared;
    }

    RedisLink link() {
        return link;
    }

    void lag(boolean value) {
        lagging = value;
    }

    /// One piece of each partition of the log.
    void follow(CommitLog log) {
        for (int partition = 0; partition < followed.length && !lagging; partition++) {
            List<CommitLog.Entry> piece = log.from(partition, followed[partition] + 1, PIECE);
            if (!piece.isEmpty()) {
                followed[partition] += piece.size();
                List<Stale> stale =
                        piece.stream().flatMap(entry -> entry.stale().stream()).toList();
                OptionalLong watermark = piece.stream()
                        .filter(entry -> entry.watermarkMs().isPresent())
                        .mapToLong(entry -> entry.watermarkMs().getAsLong())
                        .max();
                probe.follow(partition, followed[partition], stale, watermark);
            }
        }
    }

    void readClock() {
        try {
            probe.readClock();
        } catch (RedisUnavailableException e) {
            // The last answer goes on to count, with the time since.
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
