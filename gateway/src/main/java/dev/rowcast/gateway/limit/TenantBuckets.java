package dev.rowcast.gateway.limit;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// A [TokenBucket] for each tenant that is active. Safe for use by several threads.
public final class TenantBuckets {

    /// Tenants beyond this many: those whose bucket is full again are forgotten.
    private static final int MOST_REMEMBERED = 10_000;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private final Map<TenantId, TokenBucket> buckets = new ConcurrentHashMap<>();

    /// @param perSecond of each tenant, at least 1
    /// @param nanoTime as [System#nanoTime()]
    public TenantBuckets(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    public TokenBucket of(TenantId tenant) {
        if (buckets.size() > MOST_REMEMBERED) {
            buckets.values().removeIf(TokenBucket::isFull);
        }
        return buckets.computeIfAbsent(tenant, unseen -> new TokenBucket(perSecond, nanoTime));
    }
}
