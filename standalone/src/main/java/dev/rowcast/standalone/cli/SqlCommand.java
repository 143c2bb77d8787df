package dev.rowcast.standalone.cli;

import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.standalone.stack.Addresses;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Runs SQL as the application would and then says who heard of it.
@Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        description = "Runs SQL, then says how many subscribers got the change and how fast.")
final class SqlCommand implements Callable<Integer> {

    private static final int MOST_ROWS = 100;

    /// What the statement did.
    ///
    /// @param xid its transaction, 32 bit; empty when it wrote nothing
    /// @param committed the end of the log right after the commit
    private record Outcome(Optional<Long> xid, Lsn committed) {}

    @Mixin
    private final Home home = new Home();

    @Parameters(paramLabel = "SQL")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String sql;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws SQLException {
        Addresses addresses = home.addresses();
        PrintWriter out = spec.commandLine().getOut();
        Outcome outcome = execute(addresses.database(), out);
        out.flush();
        if (outcome.xid().isPresent()) {
            out.println(new Reach(addresses).describe(outcome.xid().get(), outcome.committed()));
        }
        return 0;
    }

    private Outcome execute(DatabaseUrl database, PrintWriter out) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (boolean rows = statement.execute(sql); rows || statement.getUpdateCount() != -1; ) {
                if (rows) {
                    print(statement.getResultSet(), out);
                } else {
                    int count = statement.getUpdateCount();
                    out.println(count + (count == 1 ? " row" : " rows"));
                }
                rows = statement.getMoreResults();
            }
            Optional<Long> xid = xid(statement);
            connection.commit();
            connection.setAutoCommit(true);
            return new Outcome(xid, Lsn.parse(text(statement, "select pg_current_wal_lsn()::text")));
        }
    }

    /// The 32 bits of it that the log has.
    private static Optional<Long> xid(Statement statement) throws SQLException {
        return Optional.ofNullable(text(statement, "select pg_current_xact_id_if_assigned()::text"))
                .map(Long::parseLong)
                .map(xid -> xid & 0xffff_ffffL);
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void print(ResultSet result, PrintWriter out) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        List<List<String>> rows = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnLabel(i));
        }
        rows.add(names);
        boolean more = result.next();
        for (; more && rows.size() <= MOST_ROWS; more = result.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                row.add(Optional.ofNullable(result.getString(i)).orElse("∅"));
            }
            rows.add(row);
        }
        Columns.print(rows, out);
        if (more) {
            out.println("… and more; only the first %d rows are shown".formatted(MOST_ROWS));
        }
    }
}
