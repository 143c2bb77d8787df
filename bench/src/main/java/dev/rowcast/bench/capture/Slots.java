package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Wait;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Replication slots of the database.
final class Slots {

    private static final Duration RELEASED_WITHIN = Duration.ofSeconds(30);

    private Slots() {}

    /// Drops the slot once its reader's connection is gone; nothing when there is none.
    static void drop(Parts parts, String slot) throws InterruptedException, SQLException {
        Wait.until("slot %s is free".formatted(slot), RELEASED_WITHIN, () -> !isRead(parts, slot));
        parts.execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '%s'"
                .formatted(slot));
    }

    /// Whether somebody reads from it now.
    static boolean isRead(Parts parts, String slot) throws SQLException {
        return number(
                        parts,
                        "select count(*) from pg_replication_slots where active and slot_name = '%s'".formatted(slot))
                > 0;
    }

    /// How much of the log the slot keeps.
    static long retainedMiB(Parts parts, String slot) throws SQLException {
        return number(
                        parts,
                        "select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint from pg_replication_slots where slot_name = '%s'"
                                .formatted(slot))
                / (1024 * 1024);
    }

    private static long number(Parts parts, String select) throws SQLException {
        try (Connection connection = parts.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
