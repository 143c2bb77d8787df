package dev.rowcast.ingest.check;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Looks for transactions that wrote and do not end. A slot can only be made when all that had written before are
/// over, in whatever database of the server; and while one is open, the slot keeps the log since its beginning.
///
/// A role without `pg_read_all_stats` sees that they are there, but not since when, so it looks twice.
final class TransactionCheck {

    static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private static final String OPEN = """
            select l.pid, l.transactionid::text, coalesce(extract(epoch from now() - a.xact_start), -1)::bigint,
                   coalesce(to_char(a.query_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'), ''),
                   coalesce(a.state, ''), coalesce(a.usename, ''), coalesce(a.datname, ''),
                   coalesce(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 60), '')
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'transactionid' and l.granted and l.mode = 'ExclusiveLock'
              and l.pid <> pg_backend_pid() and not coalesce(a.backend_type = 'walsender', false)
            order by 3 desc limit 20""";

    private static final String PREPARED = """
            select quote_literal(gid), extract(epoch from now() - prepared)::bigint, owner::text, database::text
            from pg_prepared_xacts order by prepared limit 20""";

    private final Connection connection;
    private final Severity severity;
    private final Duration longest;

    private TransactionCheck(Connection connection, Severity severity, Duration longest) {
        this.connection = connection;
        this.longest = longest;
        this.severity = severity;
    }

    /// @param slotThere whether the slot is made already
    /// @param longest for how long a transaction may be open
    static List<Finding> findings(Connection connection, boolean slotThere, Duration longest)
            throws SQLException, InterruptedException {
        Severity severity = slotThere ? Severity.WARNING : Severity.ERROR;
        TransactionCheck check = new TransactionCheck(connection, severity, longest);
        List<Finding> findings = new ArrayList<>(check.open());
        findings.addAll(check.prepared());
        return findings;
    }

    /// @param id of the transaction
    /// @param seconds since it began, -1 when this role may not know
    private record Open(int pid, String id, long seconds, String message) {}

    private List<Finding> open() throws SQLException, InterruptedException {
        List<Open> first = read();
        boolean blind = first.stream().anyMatch(open -> open.seconds() < 0);
        List<Open> still = first;
        if (blind) {
            Thread.sleep(BETWEEN);
            Set<String> before = new HashSet<>();
            first.forEach(open -> before.add(open.id()));
            still = read().stream().filter(open -> before.contains(open.id())).toList();
        }
        List<Finding> findings = still.stream()
                .filter(open -> open.seconds() < 0 || open.seconds() >= longest.toSeconds())
                .map(open -> finding(
                        DatabaseCheck.TRANSACTIONS,
                        open.message(),
                        "let it end, or end it",
                        "SELECT pg_terminate_backend(%d);".formatted(open.pid())))
                .toList();
        return findings.isEmpty()
                ? List.of(Finding.ok(
                        DatabaseCheck.TRANSACTIONS, "none that wrote is open for %d s".formatted(longest.toSeconds())))
                : findings;
    }

    private List<Open> read() throws SQLException {
        List<Open> open = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(OPEN);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                long seconds = row.getLong(3);
                String message = seconds < 0
                        ? "process %d has written and its transaction is open; since when, only a role with"
                                        .formatted(row.getInt(1))
                                + " pg_read_all_stats may see"
                        : "process %d (%s in %s) has written and its transaction is open for %s; %s, last statement at %s: %s"
                                .formatted(
                                        row.getInt(1),
                                        row.getString(6),
                                        row.getString(7),
                                        age(seconds),
                                        row.getString(5),
                                        row.getString(4),
                                        row.getString(8));
                open.add(new Open(row.getInt(1), row.getString(2), seconds, message));
            }
        }
        return open;
    }

    private List<Finding> prepared() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PREPARED);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                findings.add(finding(
                        DatabaseCheck.PREPARED,
                        "%s of %s in %s is prepared for %s and neither committed nor rolled back"
                                .formatted(row.getString(1), row.getString(3), row.getString(4), age(row.getLong(2))),
                        "end it, in its database",
                        "ROLLBACK PREPARED %s; -- or COMMIT PREPARED".formatted(row.getString(1))));
            }
        }
        return findings.isEmpty() ? List.of(Finding.ok(DatabaseCheck.PREPARED, "none")) : findings;
    }

    private Finding finding(DatabaseCheck check, String message, String advice, String fix) {
        String because = severity == Severity.ERROR ? "; no slot can be made until it ends" : "";
        return severity == Severity.ERROR
                ? Finding.error(check, message + because, advice, fix)
                : Finding.warning(check, message, advice, fix);
    }

    private static String age(long seconds) {
        return seconds < 120 ? seconds + " s" : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }
}
