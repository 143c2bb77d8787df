package dev.rowcast.gateway.read;

import dev.rowcast.schemas.protocol.ErrorCode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One read-only transaction, whose statements all see the same rows.
final class Transaction {

    /// What one statement may take.
    static final Duration STATEMENT = Duration.ofSeconds(5);

    /// Class 22 of PostgreSQL's error codes: data exception.
    private static final String BAD_VALUE = "22";
    /// No operator puts values of the type in an order, or compares them.
    private static final String UNDEFINED_FUNCTION = "42883";
    private static final String BAD_ID = "An id in the request is not of its column's type.";
    private static final String BAD_ID_OR_CLAIM =
            "An id in the request, or what a policy reads of your token, is not of the type that it is compared with.";

    private final Connection connection;
    private final String badValue;
    /// What must be said and answered before any row is shown; empty when that is done.
    private Optional<RowSecurity> security;

    /// @param security as whom it reads; empty for what the role may read
    Transaction(Connection connection, Optional<RowSecurity> security) {
        this.connection = connection;
        this.security = security;
        this.badValue = security.isPresent() ? BAD_ID_OR_CLAIM : BAD_ID;
    }

    /// @param values of the statement's `?`
    /// @throws BadRequestException when a value is not of the type that it is compared with, and when the
    ///     rows are too long: see [Bounded]
    List<Row> run(String sql, List<String> values) throws SQLException {
        Where query = new Where(sql, values);
        // Two statements of one text make one way to the database and back.
        Where text = security.map(RowSecurity::opening)
                .map(opening -> opening.then(query))
                .orElse(query);
        try (PreparedStatement statement = connection.prepareStatement(text.sql())) {
            statement.setQueryTimeout(Math.toIntExact(STATEMENT.toSeconds()));
            for (int i = 0; i < text.values().size(); i++) {
                // Of no type, so that it takes the column's and an index serves.
                statement.setObject(i + 1, text.values().get(i), Types.OTHER);
            }
            statement.execute();
            if (security.isPresent()) {
                security.get().check(rows(statement).getFirst());
                security = Optional.empty();
                statement.getMoreResults();
            }
            return rows(statement);
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.getResultSet()) {
            return rows(result);
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
            rows.add(new Row(Optional.ofNullable(result.getString(1)).orElseThrow(Bounded::tooLong), more));
        }
        return rows;
    }

    private SQLException refusal(SQLException failure) {
        String state = Optional.ofNullable(failure.getSQLState()).orElse("");
        if (state.startsWith(BAD_VALUE)) {
            throw new BadRequestException(ErrorCode.INVALID_MESSAGE, badValue);
        }
        if (state.equals(UNDEFINED_FUNCTION)) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE,
                    "A column in the request is of a type that has no order; sort by another one.");
        }
        return failure;
    }
}
