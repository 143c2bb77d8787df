package dev.rowcast.gateway.auth;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Instant;
import java.util.Optional;

/// Who is connected, as a verified credential says.
///
/// @param tenant the only source of a connection's tenant
/// @param expiresAt when the credential ends; keys have no end, they are revoked
public record Identity(TenantId tenant, Principal principal, Optional<Instant> expiresAt) {

    /// The same in one part of a tenant that is split.
    ///
    /// @param part the key of the part
    public Identity in(TenantId part) {
        return part.equals(tenant) ? this : new Identity(part, principal, expiresAt);
    }

    /// Whether both are the same principal of the same tenant, whatever their end.
    public boolean sameAs(Identity other) {
        return tenant.equals(other.tenant) && principal.equals(other.principal);
    }
}
