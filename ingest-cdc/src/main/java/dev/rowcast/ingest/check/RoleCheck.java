package dev.rowcast.ingest.check;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.SqlIdentifiers;
import dev.rowcast.schemas.catalog.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Holds what a role may do against what ingest does.
final class RoleCheck {

    private static final String RIGHTS = """
            select has_schema_privilege(?::name, n.oid, 'USAGE'), has_table_privilege(?::name, c.oid, ?),
                   c.relrowsecurity and (c.relforcerowsecurity or not pg_has_role(?::name, c.relowner, 'USAGE'))
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = ? and c.relname = ?""";

    /// What ingest does with Rowcast's own tables.
    private static final Map<TableName, List<String>> OWN = new TreeMap<>(Map.of(
            new TableName("rowcast", "api_keys"), List.of("SELECT"),
            new TableName("rowcast", "backfills"), List.of("SELECT", "INSERT", "UPDATE"),
            new TableName("rowcast", "heartbeat"), List.of("SELECT", "INSERT", "UPDATE"),
            new TableName("rowcast", "resnapshots"), List.of("SELECT")));

    /// What everybody, or every role that may replicate, can call unless somebody took it away.
    private static final List<String> FUNCTIONS = List.of(
            "pg_replication_slot_advance(name, pg_lsn)",
            "pg_drop_replication_slot(name)",
            "pg_try_advisory_lock(bigint)",
            "pg_current_snapshot()",
            "pg_control_system()",
            "pg_walfile_name(pg_lsn)");

    private final Connection connection;
    private final Catalog catalog;
    private final Role role;

    private RoleCheck(Connection connection, Catalog catalog, Role role) {
        this.connection = connection;
        this.catalog = catalog;
        this.role = role;
    }

    /// @param name of the role; empty for the one that is connected
    static List<Finding> findings(Connection connection, Catalog catalog, Optional<String> name) throws SQLException {
        Optional<Role> role = Role.read(connection, name);
        if (role.isEmpty()) {
            return List.of(Finding.error(
                    DatabaseCheck.ROLE,
                    FaultCode.DATABASE_RIGHTS,
                    "there is no role " + name.orElse(""),
                    "run infra/postgres/role.sql",
                    "psql \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -f infra/postgres/role.sql"));
        }
        RoleCheck check = new RoleCheck(connection, catalog, role.get());
        List<Finding> findings = new ArrayList<>(check.attributes());
        findings.addAll(check.tables());
        findings.addAll(check.ownTables());
        findings.addAll(check.rows());
        findings.addAll(check.functions());
        return findings;
    }

    private List<Finding> attributes() {
        List<Finding> findings = new ArrayList<>();
        if (!role.login()) {
            findings.add(lacks(
                    DatabaseCheck.ROLE,
                    role.name() + " may not log in to this database",
                    "let it in",
                    "ALTER ROLE " + role.toSql() + " LOGIN;"));
        }
        if (!role.replication()) {
            findings.add(lacks(
                    DatabaseCheck.ROLE,
                    role.name() + " may not use replication slots",
                    "allow it; on Amazon RDS: GRANT rds_replication TO " + role.toSql(),
                    "ALTER ROLE " + role.toSql() + " REPLICATION;"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    DatabaseCheck.ROLE,
                    role.superuser()
                            ? role.name() + " may do everything; infra/postgres/role.sql makes a lesser one"
                            : role.name() + " may log in and replicate"));
        }
        return findings;
    }

    private List<Finding> tables() throws SQLException {
        Set<String> fixes = new LinkedHashSet<>();
        List<String> unread = new ArrayList<>();
        for (TableName table : catalog.capturedTables()) {
            Set<String> grants = missing(table, List.of("SELECT"));
            if (!grants.isEmpty()) {
                unread.add(table.toString());
                fixes.addAll(grants);
            }
        }
        return List.of(
                unread.isEmpty()
                        ? Finding.ok(DatabaseCheck.ROLE_TABLES, "every table of the catalog that is there")
                        : lacks(
                                DatabaseCheck.ROLE_TABLES,
                                "%s may not read %s".formatted(role.name(), String.join(", ", unread)),
                                "let it read them",
                                fixes.toArray(String[]::new)));
    }

    private List<Finding> ownTables() throws SQLException {
        Set<String> fixes = new LinkedHashSet<>();
        for (Map.Entry<TableName, List<String>> own : OWN.entrySet()) {
            fixes.addAll(missing(own.getKey(), own.getValue()));
        }
        return List.of(
                fixes.isEmpty()
                        ? Finding.ok(DatabaseCheck.ROLE_OWN, "reads API keys, writes the heartbeat")
                        : lacks(
                                DatabaseCheck.ROLE_OWN,
                                role.name() + " may not do with Rowcast's own tables what ingest does",
                                "let it",
                                fixes.toArray(String[]::new)));
    }

    private List<Finding> rows() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (TableName table : catalog.publishedTables()) {
            if (!role.bypassesPolicies()
                    && rights(table, "SELECT").filter(Rights::policies).isPresent()) {
                findings.add(lacks(
                        DatabaseCheck.ROLE_ROWS,
                        "row-level security of %s hides rows from %s, and a snapshot would miss them"
                                .formatted(table, role.name()),
                        "let it see all rows",
                        "ALTER ROLE " + role.toSql() + " BYPASSRLS;"));
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(DatabaseCheck.ROLE_ROWS, "no policy hides rows from it"))
                : findings;
    }

    private List<Finding> functions() throws SQLException {
        List<String> fixes = new ArrayList<>();
        for (String function : FUNCTIONS) {
            if (!mayCall(function)) {
                fixes.add("GRANT EXECUTE ON FUNCTION pg_catalog.%s TO %s;".formatted(function, role.toSql()));
            }
        }
        return List.of(
                fixes.isEmpty()
                        ? Finding.ok(DatabaseCheck.ROLE_FUNCTIONS, "those that move the slot and take the lease")
                        : lacks(
                                DatabaseCheck.ROLE_FUNCTIONS,
                                role.name() + " may not call functions that ingest calls",
                                "let it",
                                fixes.toArray(String[]::new)));
    }

    /// @param schema whether the role may look into the table's schema
    /// @param table whether it has the right on the table
    /// @param policies whether row-level security concerns it, unless it bypasses all
    private record Rights(boolean schema, boolean table, boolean policies) {}

    /// The grants that are missing; none for a table that does not exist, which is another check's matter.
    private Set<String> missing(TableName table, List<String> rights) throws SQLException {
        Set<String> grants = new LinkedHashSet<>();
        for (String right : rights) {
            Optional<Rights> found = rights(table, right);
            if (found.filter(has -> !has.schema()).isPresent()) {
                grants.add("GRANT USAGE ON SCHEMA %s TO %s;"
                        .formatted(SqlIdentifiers.quote(table.schema()), role.toSql()));
            }
            if (found.filter(has -> !has.table()).isPresent()) {
                grants.add("GRANT %s ON TABLE %s TO %s;".formatted(right, table.toSql(), role.toSql()));
            }
        }
        return grants;
    }

    private Optional<Rights> rights(TableName table, String right) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RIGHTS)) {
            statement.setString(1, role.name());
            statement.setString(2, role.name());
            statement.setString(3, right);
            statement.setString(4, role.name());
            statement.setString(5, table.schema());
            statement.setString(6, table.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Rights(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3)))
                        : Optional.empty();
            }
        }
    }

    private boolean mayCall(String function) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select has_function_privilege(?::name, 'pg_catalog.' || ?, 'EXECUTE')")) {
            statement.setString(1, role.name());
            statement.setString(2, function);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static Finding lacks(DatabaseCheck check, String message, String advice, String... fix) {
        return Finding.error(check, FaultCode.DATABASE_RIGHTS, message, advice, fix);
    }
}
