package dev.rowcast.cache;

import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;

/// What a value is found by. A value has one tag, and is stale as soon as that tag is evicted: so the tag must stand
/// for
/// every row that the value was made from.
///
/// @param tenant whose value it is, from a verified credential
/// @param tag as the catalog's `evict` writes it, such as `vault:1:sources`; 1 to 1,024 characters
/// @param name which of the tag's values, such as `page=1&limit=20`; up to 1,024 characters
public record CacheKey(TenantId tenant, String tag, String name) {

    private static final int LONGEST = 1_024;

    public CacheKey {
        if (tag.isEmpty() || tag.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "tag must have 1 to %d characters, has %d".formatted(LONGEST, tag.length()));
        }
        if (name.length() > LONGEST) {
            throw new IllegalArgumentException("name must have up to %d characters, has %d; hash what is longer"
                    .formatted(LONGEST, name.length()));
        }
    }

    /// The partition of `rowcast.evictions` that tells when it is stale.
    public int partition() {
        return Partitions.ofTag(tenant.value(), tag);
    }
}
