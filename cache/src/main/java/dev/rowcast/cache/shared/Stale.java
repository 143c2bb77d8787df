package dev.rowcast.cache.shared;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.Optional;

/// What one transaction made stale in a cache partition.
public sealed interface Stale {

    /// The transaction, 32 bit; 0 when it is not known.
    long xid();

    /// The values of one tag.
    record Tag(TenantId tenant, String tag, long xid) implements Stale {}

    /// Anything of the tenant, or of all tenants.
    ///
    /// @param offset of the record that says so
    record Everything(Optional<TenantId> tenant, long xid, long offset) implements Stale {}
}
