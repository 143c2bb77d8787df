package dev.rowcast.cache.shared;

import java.time.Duration;

/// Bounds of what is kept in Redis.
///
/// @param namespace of its keys, see [KeyNames]
/// @param lease how long one reader may take to bring a value before another is told to bring it as well
/// @param fence how long it is remembered which transaction evicted what; a value that took longer than half of it to
///     be brought is not kept. 1 s to 10 min, the same for everybody who uses the namespace
/// @param mostFences transactions remembered for one tag; more are taken together as if all were the last one
/// @param mostNames values under one tag, and leases; when one more comes, the others are dropped
/// @param mostBytes of one value; a larger one is not kept
/// @param longestLife of a value, at most 1 h
public record SharedCacheConfig(
        String namespace,
        Duration lease,
        Duration fence,
        int mostFences,
        int mostNames,
        int mostBytes,
        Duration longestLife) {

    private static final Duration SHORTEST_FENCE = Duration.ofSeconds(1);
    private static final Duration LONGEST_FENCE = Duration.ofMinutes(10);
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);

    /// 2 s, 60 s, 64 transactions, 256 values of up to 1 MiB for up to 1 h.
    public static final SharedCacheConfig DEFAULTS = new SharedCacheConfig(
            "rowcast", Duration.ofSeconds(2), Duration.ofSeconds(60), 64, 256, 1 << 20, Duration.ofHours(1));

    public SharedCacheConfig {
        positive("lease", lease.toMillis());
        positive("mostFences", mostFences);
        positive("mostNames", mostNames);
        positive("mostBytes", mostBytes);
        positive("longestLife", longestLife.toMillis());
        if (fence.compareTo(SHORTEST_FENCE) < 0 || fence.compareTo(LONGEST_FENCE) > 0) {
            throw new IllegalArgumentException("fence must be from 1 s to 10 min, is " + fence);
        }
        if (longestLife.compareTo(LONGEST_LIFE) > 0) {
            throw new IllegalArgumentException("longestLife must be at most 1 h, is " + longestLife);
        }
    }

    public SharedCacheConfig withNamespace(String value) {
        return new SharedCacheConfig(value, lease, fence, mostFences, mostNames, mostBytes, longestLife);
    }

    public SharedCacheConfig withLease(Duration value) {
        return new SharedCacheConfig(namespace, value, fence, mostFences, mostNames, mostBytes, longestLife);
    }

    public SharedCacheConfig withFence(Duration value) {
        return new SharedCacheConfig(namespace, lease, value, mostFences, mostNames, mostBytes, longestLife);
    }

    public SharedCacheConfig withMostFences(int value) {
        return new SharedCacheConfig(namespace, lease, fence, value, mostNames, mostBytes, longestLife);
    }

    /// How long a lease is good: what takes longer is not kept in any case.
    Duration leaseLife() {
        Duration longestReading = fence.dividedBy(2);
        return lease.compareTo(longestReading) > 0 ? lease : longestReading;
    }

    /// How long a tenant's generation is remembered: longer than any value that it made stale can live.
    Duration generationLife() {
        return longestLife.multipliedBy(2);
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, is " + value);
        }
    }
}
