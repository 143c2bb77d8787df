package dev.rowcast.cache.log;

import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the records of `rowcast.evictions` mean.
public final class Evictions {

    private Evictions() {}

    /// What it makes stale; nothing, in a watermark.
    ///
    /// @param offset the record's own
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
    public static OptionalLong watermark(Eviction eviction) {
        return eviction.getRedisMs() == null ? OptionalLong.empty() : OptionalLong.of(eviction.getRedisMs());
    }
}
