package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.tenant.TenantId;

/// A target in one part of the connection's tenant. Of a tenant that is not split there is one part, the tenant.
///
/// @param part the key of the part
record Seat(Target target, TenantId part) {}
