package dev.rowcast.streams.rows;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.Optional;

/// Which row it is: tenant first.
///
/// @param id the primary key as text
record RowKey(TenantId tenant, String table, String id) {

    /// In no name: tenants, tables and keys have no such character.
    private static final String SEPARATOR = "\u0000";

    /// The key in the store.
    String encoded() {
        return rowsOf(Optional.of(tenant)) + table + SEPARATOR + id;
    }

    /// @throws IllegalArgumentException when it is no row's
    static RowKey decode(String encoded) {
        String[] parts = encoded.split(SEPARATOR, 3);
        return new RowKey(new TenantId(parts[0]), parts[1], parts[2]);
    }

    /// What the keys of a tenant's rows begin with, or of everybody's, which is nothing.
    static String rowsOf(Optional<TenantId> tenant) {
        return tenant.map(each -> each.value() + SEPARATOR).orElse("");
    }

    /// Whether the key is a row's, of this tenant and this table where they are said.
    static boolean matches(String encoded, Optional<TenantId> tenant, Optional<String> table) {
        if (isMark(encoded)) {
            return false;
        }
        int afterTenant = encoded.indexOf(SEPARATOR) + 1;
        return encoded.startsWith(rowsOf(tenant))
                && table.map(name -> encoded.startsWith(name + SEPARATOR, afterTenant))
                        .orElse(true);
    }

    static boolean isMark(String encoded) {
        return encoded.startsWith(SEPARATOR);
    }

    static boolean isMark(String encoded, String kind) {
        return encoded.startsWith(SEPARATOR + kind + SEPARATOR);
    }

    /// A key that is no row's: what happened to a table, or to every table.
    ///
    /// @param tenant empty for every tenant
    /// @param table empty for every table
    static String mark(String kind, Optional<TenantId> tenant, Optional<String> table) {
        return SEPARATOR + kind + SEPARATOR + tenant.map(TenantId::value).orElse("") + SEPARATOR + table.orElse("");
    }
}
