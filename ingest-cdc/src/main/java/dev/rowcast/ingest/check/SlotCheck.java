package dev.rowcast.ingest.check;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.catalog.Catalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at the catalog's slot. Whether it continues what is published, only its ingest knows.
final class SlotCheck {

    private static final String SLOT = """
            select s.slot_type, coalesce(s.plugin, ''), coalesce(s.database, ''), current_database(), s.temporary,
                   coalesce(s.active_pid, 0), coalesce(a.application_name, ''), coalesce(host(a.client_addr), ''),
                   coalesce(s.wal_status, ''), pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::bigint,
                   (select setting::bigint from pg_settings where name = 'max_slot_wal_keep_size')
            from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid
            where s.slot_name = ?""";

    private static final String FOLLOWERS = """
            select coalesce(string_agg(slot_name, ', '), '') from pg_replication_slots where slot_type = 'physical'""";

    private static final int FAILOVER_SINCE = 17;
    private static final long MB = 1024 * 1024;

    private final Connection connection;
    private final String name;

    private SlotCheck(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    static List<Finding> findings(Connection connection, Catalog catalog) throws SQLException {
        SlotCheck check = new SlotCheck(connection, catalog.slot());
        List<Finding> findings = new ArrayList<>(check.slot());
        check.failover().ifPresent(findings::add);
        return findings;
    }

    private List<Finding> slot() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SLOT)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return List.of(
                            Finding.ok(DatabaseCheck.SLOT, "there is no " + name + "; the first start makes it"));
                }
                Optional<Finding> wrong = wrong(row);
                if (wrong.isPresent()) {
                    return List.of(wrong.get());
                }
                return List.of(Finding.ok(DatabaseCheck.SLOT, name + ", " + reader(row)), log(row));
            }
        }
    }

    private Optional<Finding> wrong(ResultSet row) throws SQLException {
        String drop = "SELECT pg_drop_replication_slot('%s');".formatted(name);
        if (row.getString(9).equals("lost")) {
            return Optional.of(Finding.error(
                    DatabaseCheck.SLOT,
                    FaultCode.SLOT_LOST,
                    name + " is lost: it kept more log than max_slot_wal_keep_size allows",
                    "raise the limit, then do as ingest says: docs/how-to/when-the-slot-is-in-trouble.md",
                    drop));
        }
        boolean ours = row.getString(1).equals("logical")
                && row.getString(2).equals("pgoutput")
                && row.getString(3).equals(row.getString(4))
                && !row.getBoolean(5);
        return ours
                ? Optional.empty()
                : Optional.of(Finding.error(
                        DatabaseCheck.SLOT,
                        "%s is not of our making: %s%s %s of database '%s'"
                                .formatted(
                                        name,
                                        row.getBoolean(5) ? "temporary " : "",
                                        row.getString(1),
                                        row.getString(2),
                                        row.getString(3)),
                        "drop it if nobody needs it, or give this database another `source` in the catalog",
                        drop));
    }

    private static String reader(ResultSet row) throws SQLException {
        int pid = row.getInt(6);
        if (pid == 0) {
            return "which nobody reads now";
        }
        String from = row.getString(8).isEmpty() ? "" : " from " + row.getString(8);
        return "read by process %d %s%s".formatted(pid, row.getString(7), from).stripTrailing();
    }

    private Finding log(ResultSet row) throws SQLException {
        long kept = Math.max(0, row.getLong(10)) / MB;
        long limit = row.getLong(11);
        String message = limit < 0 ? "%,d MB".formatted(kept) : "%,d MB of at most %,d MB".formatted(kept, limit);
        boolean late = row.getString(9).equals("unreserved") || (limit >= 0 && kept > limit / 2);
        return late
                ? Finding.warning(
                        DatabaseCheck.SLOT_LOG,
                        message + "; at the limit the slot is lost",
                        "see that ingest reads from it, or allow more",
                        "ALTER SYSTEM SET max_slot_wal_keep_size = '%d MB';".formatted(Math.max(1024, 2 * limit)),
                        "SELECT pg_reload_conf();")
                : Finding.ok(DatabaseCheck.SLOT_LOG, message);
    }

    /// Only said where somebody follows the server: without a standby there is nothing to fail over to.
    private Optional<Finding> failover() throws SQLException {
        String followers = text(FOLLOWERS);
        if (followers.isEmpty()) {
            return Optional.empty();
        }
        String after = "after a failover to it the slot is gone, and with it the changes in between";
        if (connection.getMetaData().getDatabaseMajorVersion() < FAILOVER_SINCE) {
            return Optional.of(Finding.warning(
                    DatabaseCheck.SLOT_FAILOVER,
                    "a standby follows (%s), and before PostgreSQL %d slots do not: %s"
                            .formatted(followers, FAILOVER_SINCE, after),
                    "upgrade, or take a new snapshot after a failover"));
        }
        String kept =
                text("select coalesce(bool_and(failover)::text, '') from pg_replication_slots where slot_name = '%s'"
                        .formatted(name));
        return switch (kept) {
            case "" -> Optional.empty();
            case "true" ->
                Optional.of(Finding.ok(
                        DatabaseCheck.SLOT_FAILOVER,
                        "the slot goes along to standbys with sync_replication_slots (%s)".formatted(followers)));
            default ->
                Optional.of(Finding.warning(
                        DatabaseCheck.SLOT_FAILOVER,
                        "a standby follows (%s), and the slot does not: %s".formatted(followers, after),
                        "stop ingest, and let the slot go along; on the standby: sync_replication_slots = on",
                        "psql \"$DATABASE_URL&replication=database\" -c 'ALTER_REPLICATION_SLOT %s (FAILOVER true);'"
                                .formatted(name)));
        };
    }

    private String text(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
