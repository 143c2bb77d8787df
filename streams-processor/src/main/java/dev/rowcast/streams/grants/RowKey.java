package dev.rowcast.streams.grants;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.Optional;

/// What a row of a members table is known by: tenant first. Grants are kept by row, so that of two rows that say the
/// same each stands for itself.
///
/// @param type of the channels that the row is about; empty for API keys
/// @param key the row's primary key as text
record RowKey(TenantId tenant, String type, String key) {

    /// In no name: tenants and channel types have no control characters.
    private static final String SEPARATOR = "\u0000";

    String encoded() {
        return tenant.value() + SEPARATOR + type + SEPARATOR + key;
    }

    static RowKey decode(String encoded) {
        String[] parts = encoded.split(SEPARATOR, 3);
        return new RowKey(new TenantId(parts[0]), parts[1], parts[2]);
    }

    /// @param others empty for every tenant
    boolean isOf(Optional<TenantId> others) {
        return others.isEmpty() || others.get().equals(tenant);
    }
}
