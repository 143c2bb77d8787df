package dev.rowcast.gateway.auth;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Instant;
import java.util.Optional;

/// Who is connected, as a verified credential says.
///
/// @param tenant the only source of a connection's tenant
/// @param expiresAt when the credential ends; keys have no end, they are revoked
/// @param reach which channels it is good for
/// @param claims what the token says, as JSON, for policies of the database; empty where nothing is read, and for keys
public record Identity(
        TenantId tenant, Principal principal, Optional<Instant> expiresAt, Reach reach, Optional<String> claims) {

    /// One whose claims nobody needs.
    public Identity(TenantId tenant, Principal principal, Optional<Instant> expiresAt, Reach reach) {
        this(tenant, principal, expiresAt, reach, Optional.empty());
    }

    /// One that is good for everything its bearer may have.
    public Identity(TenantId tenant, Principal principal, Optional<Instant> expiresAt) {
        this(tenant, principal, expiresAt, Reach.ALL);
    }

    /// The same in one part of a tenant that is split.
    ///
    /// @param part the key of the part
    public Identity in(TenantId part) {
        return part.equals(tenant) ? this : new Identity(part, principal, expiresAt, reach, claims);
    }

    /// The same for a connection that stays: there are many, and claims are long.
    Identity withoutClaims() {
        return new Identity(tenant, principal, expiresAt, reach);
    }

    /// Whether both are the same principal of the same tenant, whatever their end and reach.
    public boolean sameAs(Identity other) {
        return tenant.equals(other.tenant) && principal.equals(other.principal);
    }
}
