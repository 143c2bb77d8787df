package dev.rowcast.gateway.read;

import dev.rowcast.schemas.protocol.ErrorCode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One read-only transaction, whose statements all see the same rows.
final class Transaction {

    private static final int STATEMENT_SECONDS = 5;
    /// Class 22 of PostgreSQL's error codes: data exception.
    private static final String BAD_VALUE = "22";
    /// No operator puts values of the type in an order, or compares them.
    private static final String UNDEFINED_FUNCTION = "42883";

    private final Connection connection;

    Transaction(Connection connection) {
        this.connection = connection;
    }

    /// @param values of the statement's `?`
    /// @throws BadRequestException when a value is not of the type that it is compared with
    List<Row> run(String sql, List<String> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(STATEMENT_SECONDS);
            for (int i = 0; i < values.size(); i++) {
                // Of no type, so that it takes the column's and an index serves.
                statement.setObject(i + 1, values.get(i), Types.OTHER);
            }
            try (ResultSet result = statement.executeQuery()) {
                return rows(result);
            }
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    private static List<Row> rows(ResultSet result) throws SQLException {
        int width = result.getMetaData().getColumnCount();
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
            List<Optional<String>> more = new ArrayList<>();
            for (int i = 2; i <= width; i++) {
                more.add(Optional.ofNullable(result.getString(i)));
            }
            rows.add(new Row(result.getString(1), more));
        }
        return rows;
    }

    private static SQLException refusal(SQLException failure) {
        String state = Optional.ofNullable(failure.getSQLState()).orElse("");
        if (state.startsWith(BAD_VALUE)) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE, "An id in the request is not of its column's type.");
        }
        if (state.equals(UNDEFINED_FUNCTION)) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE,
                    "A column in the request is of a type that has no order; sort by another one.");
        }
        return failure;
    }
}
