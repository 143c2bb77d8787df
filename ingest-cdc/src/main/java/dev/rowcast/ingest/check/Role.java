package dev.rowcast.ingest.check;

import dev.rowcast.schemas.catalog.SqlIdentifiers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// A role and what it may do everywhere.
///
/// @param login whether it may connect to this database
/// @param replication whether it may use replication slots, by its attribute or by a managed service's group
/// @param bypassesPolicies whether row-level security does not concern it
record Role(String name, boolean superuser, boolean login, boolean replication, boolean bypassesPolicies) {

    private static final String SQL = """
            select r.rolname, r.rolsuper, r.rolcanlogin and has_database_privilege(r.oid, d.oid, 'CONNECT'),
                   r.rolsuper or r.rolreplication
                     or coalesce((select pg_has_role(r.oid, g.oid, 'MEMBER') from pg_roles g
                                  where g.rolname = 'rds_replication'), false),
                   r.rolsuper or r.rolbypassrls
            from pg_roles r, pg_database d
            where r.rolname = coalesce(?, current_user) and d.datname = current_database()""";

    /// @param name empty for the role that is connected
    /// @return nothing when there is no such role
    static Optional<Role> read(Connection connection, Optional<String> name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, name.orElse(null));
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Role(
                                row.getString(1),
                                row.getBoolean(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getBoolean(5)))
                        : Optional.empty();
            }
        }
    }

    String toSql() {
        return SqlIdentifiers.quote(name);
    }
}
