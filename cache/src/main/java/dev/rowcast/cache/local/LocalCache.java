package dev.rowcast.cache.local;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisTime;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Values in the process, dropped by the same log that empties Redis. The log is followed by each process at its own
/// pace, so a value that came from Redis is only kept when Redis had applied at least as much of the log as
/// this process had seen: otherwise the eviction that it lacks may have passed here already. And nothing is
/// trusted once the watermark that came through the log is older than the reader allows, by Redis' clock.
///
/// Safe for use by several threads, with one that follows the log.
public final class LocalCache {

    private static final long NOTHING_SEEN = Long.MAX_VALUE;
    /// Later than any clock.
    private static final long NOT_KNOWN = Long.MAX_VALUE / 2;
    private static final int OVERHEAD = 200;

    private record Tag(TenantId tenant, String tag) {}

    /// @param bytes that it takes, about
    private record Values(Map<String, Kept> byName, int bytes) {}

    private record Kept(Hit hit, long untilNanos) {}

    /// A value with its snapshot.
    public record Hit(byte[] value, Snapshot snapshot) {}

    private final Cache<Tag, Values> values;
    private final Duration life;
    private final int mostNames;
    private final LongSupplier nanos;
    private final RedisTime clock = new RedisTime();
    private final AtomicLongArray seen = new AtomicLongArray(Topics.EVICTIONS.partitions());
    private final AtomicLongArray watermarks = new AtomicLongArray(Topics.EVICTIONS.partitions());

    /// @param life after which a value is dropped in any case, also where its own is longer
    /// @param mostBytes of all values, about
    /// @param mostNames values of one tag; when one more comes, the others are dropped
    /// @param nanos as [System#nanoTime()]
    public LocalCache(Duration life, long mostBytes, int mostNames, LongSupplier nanos) {
        this.life = life;
        this.mostNames = mostNames;
        this.nanos = nanos;
        this.values = Caffeine.newBuilder()
                .maximumWeight(mostBytes)
                .weigher((Tag tag, Values all) -> all.bytes())
                .expireAfterAccess(life)
                .ticker((Ticker) nanos::getAsLong)
                .executor(Runnable::run)
                .build();
        lost();
    }

    /// A value that has everything committed longer ago than this.
    public Optional<Hit> get(CacheKey key, Duration maxStale) {
        // First how far the log was followed, then the value: the other way round it might be gone in between.
        long watermarkMs = watermarks.get(key.partition());
        long now = nanos.getAsLong();
        long clockMs = clockMs(now);
        // One that is ahead is of another server's clock: nothing says how old it is.
        if (clockMs - watermarkMs > maxStale.toMillis() || watermarkMs > clockMs) {
            return Optional.empty();
        }
        Values all = values.getIfPresent(new Tag(key.tenant(), key.tag()));
        Kept kept = all == null ? null : all.byName().get(key.name());
        return kept == null || kept.untilNanos() - now <= 0 ? Optional.empty() : Optional.of(kept.hit());
    }

    /// Keeps a value that came from Redis.
    ///
    /// @param offset that Redis had applied to the key's partition
    /// @param rest of its life in Redis
    /// @return whether it is kept
    public boolean put(CacheKey key, Hit hit, long offset, Duration rest) {
        int partition = key.partition();
        if (seen.get(partition) > offset) {
            return false;
        }
        Tag tag = new Tag(key.tenant(), key.tag());
        Duration shorter = rest.compareTo(life) < 0 ? rest : life;
        Kept kept = new Kept(hit, nanos.getAsLong() + shorter.toNanos());
        values.asMap().compute(tag, (unused, before) -> with(before, key.name(), kept));
        if (seen.get(partition) > offset) {
            values.invalidate(tag);
            return false;
        }
        return true;
    }

    /// What Redis' clock showed.
    ///
    /// @param askedNanos just before it was asked
    public void clock(long clockMs, long askedNanos) {
        clock.set(clockMs, askedNanos);
    }

    /// The log is about to be followed up to this offset: before anything of it is evicted here.
    void following(int partition, long offset) {
        seen.set(partition, offset);
    }

    /// What the log says.
    void evict(Stale stale) {
        switch (stale) {
            case Stale.Tag(var tenant, var tag, var xid) -> values.invalidate(new Tag(tenant, tag));
            case Stale.Everything(var tenant, var xid, var offset) ->
                tenant.ifPresentOrElse(
                        owner -> values.asMap()
                                .keySet()
                                .removeIf(tag -> tag.tenant().equals(owner)),
                        values::invalidateAll);
        }
    }

    /// All evictions of what was committed before this time of Redis' clock have been seen.
    void watermark(int partition, long redisMs) {
        watermarks.set(partition, redisMs);
    }

    /// How old the oldest watermark is at most, in ms; very much when there is none.
    public long ageMs() {
        long oldest = Long.MAX_VALUE;
        for (int partition = 0; partition < watermarks.length(); partition++) {
            oldest = Math.min(oldest, watermarks.get(partition));
        }
        return clockMs(nanos.getAsLong()) - oldest;
    }

    /// Before Redis was asked, nothing is new enough.
    private long clockMs(long now) {
        return clock.latestMs(now).orElse(NOT_KNOWN);
    }

    /// The log is not followed any more: nothing is kept and nothing trusted until it is.
    void lost() {
        for (int partition = 0; partition < seen.length(); partition++) {
            seen.set(partition, NOTHING_SEEN);
            watermarks.set(partition, 0);
        }
        values.invalidateAll();
    }

    private Values with(@Nullable Values before, String name, Kept kept) {
        Map<String, Kept> byName = new HashMap<>();
        int bytes = 0;
        if (before != null && before.byName().size() < mostNames) {
            byName.putAll(before.byName());
        }
        byName.put(name, kept);
        for (Map.Entry<String, Kept> each : byName.entrySet()) {
            bytes += OVERHEAD + each.getKey().length() + each.getValue().hit().value().length;
        }
        return new Values(Map.copyOf(byName), bytes);
    }
}
