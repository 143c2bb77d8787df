package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Finding;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// Looks whether the tables that the catalog wants read as whoever asks are under policies. Whether these hold for the
/// gateway's role only the gateway sees, which shows nothing where they do not.
final class RowSecurityExam {

    private static final String PATIENCE_SECONDS = "5";
    private static final String QUESTION = """
            select relrowsecurity, exists (select from pg_policy where polrelid = pg_class.oid)
            from pg_class where oid = to_regclass(?)""";

    private RowSecurityExam() {}

    /// Nothing when the database does not answer, which another exam tells.
    static List<Finding> findings(DatabaseUrl url, Catalog catalog) {
        List<TableName> tables = catalog.tables().values().stream()
                .filter(rule -> rule.reads().rowSecurity())
                .map(TableRule::table)
                .toList();
        if (tables.isEmpty()) {
            return List.of(Finding.ok(ServiceCheck.ROW_SECURITY, "no table is read under it"));
        }
        try (Connection connection = connect(url)) {
            List<Finding> findings = new ArrayList<>();
            for (TableName table : tables) {
                finding(connection, table).ifPresent(findings::add);
            }
            return findings;
        } catch (SQLException e) {
            return List.of();
        }
    }

    private static Connection connect(DatabaseUrl url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        properties.setProperty("password", url.password());
        properties.setProperty("connectTimeout", PATIENCE_SECONDS);
        properties.setProperty("socketTimeout", PATIENCE_SECONDS);
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    /// Nothing for a table that is not there.
    private static Optional<Finding> finding(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(QUESTION)) {
            statement.setString(1, table.toSql());
            try (ResultSet answer = statement.executeQuery()) {
                return answer.next()
                        ? Optional.of(finding(table, answer.getBoolean(1), answer.getBoolean(2)))
                        : Optional.empty();
            }
        }
    }

    private static Finding finding(TableName table, boolean enabled, boolean hasPolicy) {
        if (!enabled) {
            return Finding.error(
                    ServiceCheck.ROW_SECURITY,
                    "%s is read as whoever asks, and has no row level security".formatted(table),
                    "until then the gateway answers ROW_SECURITY_OFF",
                    "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(table.toSql()));
        }
        return hasPolicy
                ? Finding.ok(ServiceCheck.ROW_SECURITY, "%s has policies".formatted(table))
                : Finding.warning(
                        ServiceCheck.ROW_SECURITY,
                        "%s has no policy, so nobody reads any of its rows".formatted(table),
                        "create one, see docs/how-to/read-under-row-level-security.md");
    }
}
