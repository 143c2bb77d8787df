package dev.rowcast.ingest.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class TransactionCheckTest {

    private OwnServer server;

    @BeforeAll
    void start() throws SQLException {
        server = OwnServer.with(Map.of("max_prepared_transactions", "5"));
        server.execute("create table notes (id bigint primary key); create role nosy login password 'nosy'");
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    @DisplayName("a transaction that wrote and stays open is named with its process, its age and what ends it")
    void anOpenTransactionIsNamedWithWhatEndsIt() throws Exception {
        try (Connection idle = server.postgres().connect();
                Statement statement = idle.createStatement()) {
            idle.setAutoCommit(false);
            statement.execute("insert into notes values (1)");

            Finding finding = only(DatabaseCheck.TRANSACTIONS, findings(server.connection(), Duration.ZERO));
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.message())
                    .contains(
                            "postgres in app", "idle in transaction", "insert into notes", "no slot can be made until");

            server.query(finding.fix().getFirst().replace("SELECT", "select"));
            await().untilAsserted(() -> assertThat(severities(DatabaseCheck.TRANSACTIONS, Duration.ZERO))
                    .containsExactly(Severity.OK));
        }
    }

    @Test
    void aYoungTransactionAndOneThatOnlyReadsStandInNobodysWay() throws Exception {
        try (Connection reader = server.postgres().connect();
                Connection writer = server.postgres().connect();
                Statement read = reader.createStatement();
                Statement write = writer.createStatement()) {
            reader.setAutoCommit(false);
            writer.setAutoCommit(false);
            read.execute("select * from notes");
            assertThat(severities(DatabaseCheck.TRANSACTIONS, Duration.ZERO)).containsExactly(Severity.OK);

            write.execute("insert into notes values (2)");
            assertThat(severities(DatabaseCheck.TRANSACTIONS, TransactionCheck.LONG))
                    .containsExactly(Severity.OK);
            writer.rollback(); // closing alone is not waited for by the server
        }
    }

    @Test
    void aRoleThatMayNotSeeOthersSeesThatTheyAreThereAfterASecondLook() throws Exception {
        try (Connection writer = server.postgres().connect();
                Statement write = writer.createStatement();
                Connection nosy = DriverManager.getConnection(server.postgres().jdbcUrl(), "nosy", "nosy")) {
            assertThat(only(DatabaseCheck.TRANSACTIONS, findings(nosy, TransactionCheck.LONG))
                            .severity())
                    .isEqualTo(Severity.OK);

            writer.setAutoCommit(false);
            write.execute("insert into notes values (3)");
            assertThat(only(DatabaseCheck.TRANSACTIONS, findings(nosy, TransactionCheck.LONG))
                            .message())
                    .contains("pg_read_all_stats");
            writer.rollback();
        }
    }

    @Test
    void aPreparedTransactionIsNamedWithWhatEndsIt() throws Exception {
        server.execute("begin; insert into notes values (4); prepare transaction 'it''s mine'");

        Finding finding = only(DatabaseCheck.PREPARED, findings(server.connection(), TransactionCheck.LONG));
        assertThat(finding.message()).contains("'it''s mine' of postgres in app");
        server.execute(finding.fix().getFirst());
        assertThat(severities(DatabaseCheck.PREPARED, TransactionCheck.LONG)).containsExactly(Severity.OK);
    }

    @Test
    void onceTheSlotIsMadeAnOpenTransactionOnlyHoldsTheLog() throws Exception {
        server.execute("begin; insert into notes values (5); prepare transaction 'late'");

        assertThat(TransactionCheck.findings(server.connection(), true, TransactionCheck.LONG))
                .filteredOn(finding -> finding.check() == DatabaseCheck.PREPARED)
                .extracting(Finding::severity)
                .containsExactly(Severity.WARNING);
        server.execute("rollback prepared 'late'");
    }

    private List<Severity> severities(DatabaseCheck check, Duration longest) throws Exception {
        return findings(server.connection(), longest).stream()
                .filter(finding -> finding.check() == check)
                .map(Finding::severity)
                .toList();
    }

    private static List<Finding> findings(Connection connection, Duration longest) throws Exception {
        return TransactionCheck.findings(connection, false, longest);
    }

    private static Finding only(DatabaseCheck check, List<Finding> findings) {
        List<Finding> about =
                findings.stream().filter(finding -> finding.check() == check).toList();
        assertThat(about).hasSize(1);
        return about.getFirst();
    }
}
