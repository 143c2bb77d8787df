package dev.rowcast.standalone.cli;

import dev.rowcast.gateway.auth.Keys;
import dev.rowcast.schemas.tenant.TenantId;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// `rowcast.api_keys`, as an operator uses it. Keys themselves are made here and never kept.
final class ApiKeyRows {

    private static final String COLUMNS = "select id, tenant, kind, scopes, to_char(created_at, 'YYYY-MM-DD HH24:MI'),"
            + " coalesce(to_char(revoked_at, 'YYYY-MM-DD HH24:MI'), '') from rowcast.api_keys ";
    private static final String INSERT =
            "insert into rowcast.api_keys (id, tenant, kind, hash, scopes) values (?, ?, ?, ?, ?)";
    private static final String REVOKE =
            "update rowcast.api_keys set revoked_at = now() where id = ? and revoked_at is null";
    private static final int KEY_BYTES = 32;
    private static final int SUFFIX_BYTES = 3;

    private final Connection connection;
    private final SecureRandom random = new SecureRandom();

    ApiKeyRows(Connection connection) {
        this.connection = connection;
    }

    /// One row.
    ///
    /// @param revoked when; empty when it is valid
    record Row(String id, TenantId tenant, String kind, List<String> scopes, String created, String revoked) {

        boolean isValid() {
            return revoked.isEmpty();
        }

        /// The name that it was made with: what stands before the random end of its id.
        String name() {
            return id.replaceFirst("-[0-9a-f]{6}$", "");
        }
    }

    /// A key that was just made.
    ///
    /// @param text the key itself, which nobody can tell later
    record Made(String id, String text) {}

    /// Makes a key.
    ///
    /// @param name begins its id
    /// @param kind publishable or secret
    Made make(String name, TenantId tenant, String kind, List<String> scopes) throws SQLException {
        String id = name + "-" + HexFormat.of().formatHex(bytes(SUFFIX_BYTES));
        String text = "%s_%s_%s"
                .formatted(
                        kind.equals("secret") ? "sk" : "pk",
                        id,
                        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(KEY_BYTES)));
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, id);
            statement.setString(2, tenant.value());
            statement.setString(3, kind);
            statement.setString(4, Keys.hash(text));
            Array array = connection.createArrayOf("text", scopes.toArray());
            statement.setArray(5, array);
            statement.executeUpdate();
        }
        return new Made(id, text);
    }

    List<Row> all() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + "order by tenant, created_at, id")) {
            return rows(statement);
        }
    }

    Optional<Row> find(String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + "where id = ?")) {
            statement.setString(1, id);
            return rows(statement).stream().findFirst();
        }
    }

    /// @return whether it was valid until now
    boolean revoke(String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REVOKE)) {
            statement.setString(1, id);
            return statement.executeUpdate() == 1;
        }
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(new Row(
                        row.getString(1),
                        new TenantId(row.getString(2)),
                        row.getString(3),
                        List.of((String[]) row.getArray(4).getArray()),
                        row.getString(5),
                        row.getString(6)));
            }
        }
        return rows;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
