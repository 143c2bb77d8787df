package dev.rowcast.ingest.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.ingest.fault.FaultCode;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Servers that are set up otherwise than capture needs; each of these runs.
@Timeout(180)
class ServerCheckTest {

    @Test
    @DisplayName("I-5: a server that is not set up for capture is told every setting that mends it")
    void aServerAsItComesFromTheBoxIsToldEverySetting() throws Exception {
        try (OwnServer server = OwnServer.with(Map.of(
                "wal_level", "replica",
                "max_slot_wal_keep_size", "-1",
                "max_replication_slots", "1",
                "max_wal_senders", "0",
                "wal_sender_timeout", "0",
                "idle_replication_slot_timeout", "60"))) {
            server.execute("select pg_create_physical_replication_slot('somebodys')");

            assertThat(server.findings(
                            DatabaseCheck.WAL_LEVEL,
                            DatabaseCheck.WAL_KEEP,
                            DatabaseCheck.SLOTS,
                            DatabaseCheck.SENDERS,
                            DatabaseCheck.SENDER_TIMEOUT,
                            DatabaseCheck.IDLE_SLOTS))
                    .extracting(
                            Finding::check,
                            Finding::severity,
                            finding -> finding.code().map(FaultCode::label).orElse(""),
                            finding -> finding.fix().getFirst())
                    .containsExactly(
                            tuple(
                                    DatabaseCheck.WAL_LEVEL,
                                    Severity.ERROR,
                                    "INGEST_WAL_LEVEL",
                                    "ALTER SYSTEM SET wal_level = 'logical';"),
                            tuple(
                                    DatabaseCheck.WAL_KEEP,
                                    Severity.ERROR,
                                    "INGEST_WAL_UNBOUNDED",
                                    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';"),
                            tuple(
                                    DatabaseCheck.SLOTS,
                                    Severity.ERROR,
                                    "INGEST_NO_FREE_SLOT",
                                    "ALTER SYSTEM SET max_replication_slots = 6;"),
                            tuple(
                                    DatabaseCheck.SENDERS,
                                    Severity.ERROR,
                                    "INGEST_NO_FREE_SENDER",
                                    "ALTER SYSTEM SET max_wal_senders = 5;"),
                            tuple(
                                    DatabaseCheck.SENDER_TIMEOUT,
                                    Severity.WARNING,
                                    "",
                                    "ALTER SYSTEM SET wal_sender_timeout = '60s';"),
                            tuple(
                                    DatabaseCheck.IDLE_SLOTS,
                                    Severity.WARNING,
                                    "",
                                    "ALTER SYSTEM SET idle_replication_slot_timeout = 0;"));
            assertThat(server.findings(DatabaseCheck.SLOTS).getFirst().message())
                    .contains("nobody reads somebodys");
        }
    }

    @Test
    void everyFixIsAStatementThatTheServerTakes() throws Exception {
        try (OwnServer server = OwnServer.with(Map.of())) {
            for (ServerSettings wrong :
                    List.of(settings(18, -1, 1, 1, Duration.ofSeconds(1)), settings(18, 16, 1, 1, Duration.ZERO))) {
                for (Finding finding : ServerCheck.findings(wrong)) {
                    for (String statement : finding.fix()) {
                        server.execute(statement);
                    }
                }
            }
        }
    }

    @Test
    void aSlotThatKeepsMoreAndMoreLogIsWarnedOfAndThenLost() throws Exception {
        try (OwnServer server = OwnServer.with(Map.of("max_slot_wal_keep_size", "48MB"))) {
            // Given
            server.execute("create table notes (id bigint primary key)");
            server.query("select pg_create_logical_replication_slot('rowcast_own', 'pgoutput')");
            assertThat(server.findings(DatabaseCheck.SLOT, DatabaseCheck.SLOT_LOG))
                    .extracting(Finding::severity)
                    .containsExactly(Severity.OK, Severity.OK);
            assertThat(server.findings(DatabaseCheck.WAL_KEEP))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains("48 MB", "a short pause"));

            // When
            segments(server, 3);

            // Then
            assertThat(server.findings(DatabaseCheck.SLOT_LOG)).singleElement().satisfies(finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                assertThat(finding.message()).contains("of at most 48 MB");
            });
            segments(server, 6);
            server.execute("checkpoint");
            assertThat(server.findings(DatabaseCheck.SLOT, DatabaseCheck.SLOT_LOG))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.code()).contains(FaultCode.SLOT_LOST);
                        assertThat(finding.advice()).contains("when-the-slot-is-in-trouble.md");
                    });
        }
    }

    @Test
    void aStandbyIsTakenForNoPrimary() throws Exception {
        try (OwnServer server = OwnServer.with(Map.of())) {
            assertThat(server.findings(DatabaseCheck.PRIMARY).getFirst().severity())
                    .isEqualTo(Severity.OK);
            Files.createFile(server.data().resolve("standby.signal"));
            server.restart();

            assertThat(server.findings(DatabaseCheck.PRIMARY, DatabaseCheck.SLOT))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.code()).contains(FaultCode.DATABASE_STANDBY));
        }
    }

    @Test
    @DisplayName("I-4: where a standby follows, a slot that does not go along is warned of")
    void aSlotThatDoesNotFollowAFailoverIsWarnedOf() throws Exception {
        try (OwnServer server = OwnServer.with(Map.of())) {
            server.query("select pg_create_logical_replication_slot('rowcast_own', 'pgoutput')");
            assertThat(server.findings(DatabaseCheck.SLOT_FAILOVER)).isEmpty();

            server.execute("select pg_create_physical_replication_slot('standby_1')");
            assertThat(server.findings(DatabaseCheck.SLOT_FAILOVER))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                        assertThat(finding.message()).contains("standby_1");
                        assertThat(finding.fix().getFirst())
                                .contains("ALTER_REPLICATION_SLOT rowcast_own (FAILOVER true)");
                    });

            server.execute("select pg_drop_replication_slot('rowcast_own')");
            server.query("select pg_create_logical_replication_slot('rowcast_own', 'pgoutput', failover => true)");
            assertThat(server.findings(DatabaseCheck.SLOT_FAILOVER))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.OK));
        }
    }

    @Test
    void anOldServerIsRefusedAndTheOldestOneThatServesIsNot() {
        assertThat(ServerCheck.findings(settings(13, 1000, 5, 0, Duration.ofSeconds(60)))
                        .getFirst()
                        .code())
                .contains(FaultCode.SERVER_VERSION);
        assertThat(ServerCheck.findings(settings(14, 1000, 5, 0, Duration.ofSeconds(60))))
                .extracting(Finding::severity)
                .containsOnly(Severity.OK);
    }

    private static ServerSettings settings(int major, long walKeepMb, int slots, int used, Duration senderTimeout) {
        return new ServerSettings(
                major + ".1",
                major,
                false,
                walKeepMb,
                slots,
                used,
                List.of(),
                false,
                false,
                slots,
                used,
                senderTimeout,
                Duration.ZERO);
    }

    /// Fills segments of 16 MB.
    private static void segments(OwnServer server, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            server.query("select pg_logical_emit_message(false, 'fill', 'x')");
            server.query("select pg_switch_wal()");
        }
    }
}
