package dev.rowcast.streams.grants;

import dev.rowcast.schemas.tenant.TenantId;

/// What somebody has no more from a moment on.
public sealed interface Revocation {

    TenantId tenant();

    /// A membership: of the user with this `sub`, and of the API key with this id.
    record OfMembership(TenantId tenant, String channel, String principal) implements Revocation {}

    /// The API key itself.
    record OfKey(TenantId tenant, String id) implements Revocation {}
}
