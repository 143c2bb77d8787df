package dev.rowcast.gateway.read;

import java.io.Serial;
import java.sql.SQLException;

/// A table that the catalog wants under row level security is not, for the role that reads: nothing may be
/// shown of it.
final class RowSecurityOffException extends SQLException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// @param tables for people, separated by commas
    RowSecurityOffException(String tables, String role) {
        super("row level security is not in force on %s for role %s; enable it there (ALTER TABLE … ENABLE ROW LEVEL"
                        .formatted(tables, role)
                + " SECURITY), and let the gateway log in as a role that is no superuser, has no BYPASSRLS and does"
                + " not own the table (infra/postgres/role.sql makes rowcast_reader)");
    }
}
