package dev.rowcast.gateway.auth;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Instant;
import java.util.Optional;

/// Who is connected, as a verified credential says.
///
/// @param tenant the only source of a connection's tenant
/// @param principal a user's `sub`, a key's id, or [#ANONYMOUS] for a token without a subject
/// @param kind what the principal is
/// @param expiresAt when the credential ends; keys have no end, they are revoked
public record Identity(TenantId tenant, String principal, Kind kind, Optional<Instant> expiresAt) {

    /// The principal of all tokens without a subject.
    public static final String ANONYMOUS = "anonymous";

    /// What a principal is.
    public enum Kind {
        USER,
        KEY,
        ANONYMOUS
    }

    /// Whether both are the same principal of the same tenant, whatever their end.
    public boolean sameAs(Identity other) {
        return tenant.equals(other.tenant) && kind == other.kind && principal.equals(other.principal);
    }
}
