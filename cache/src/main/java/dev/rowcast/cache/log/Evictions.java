package dev.rowcast.cache.log;

import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the records of `rowcast.evictions` mean.
public final class Evictions {

    /// More than any topic has: who reads the log keeps something for each.
    private static final int MOST_PARTITIONS = 100_000;

    private Evictions() {}

    /// What it makes stale; nothing, in a watermark.
    ///
    /// @param offset the record's own
    /// @throws IllegalArgumentException when it cannot be so, such as a tenant without a name
    public static List<Stale> stale(Eviction eviction, long offset) {
        if (watermark(eviction).isPresent()) {
            return List.of();
        }
        Optional<TenantId> tenant = Optional.ofNullable(eviction.getTenant()).map(TenantId::new);
        if (tenant.isEmpty() || eviction.getTags().isEmpty()) {
            return List.of(new Stale.Everything(tenant, eviction.getXid(), offset));
        }
        return eviction.getTags().stream()
                .<Stale>map(tag -> new Stale.Tag(tenant.get(), tag, eviction.getXid()))
                .toList();
    }

    /// Redis' clock, in a watermark.
    ///
    /// @throws IllegalArgumentException when it tells of a partition that no topic has
    public static OptionalLong watermark(Eviction eviction) {
        if (eviction.getRedisMs() == null) {
            return OptionalLong.empty();
        }
        if (eviction.getPartition() < 0 || eviction.getPartition() >= MOST_PARTITIONS) {
            throw new IllegalArgumentException("a watermark of partition " + eviction.getPartition());
        }
        return OptionalLong.of(eviction.getRedisMs());
    }
}
