package dev.rowcast.ingest.check;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// A server as its settings show it.
///
/// @param version as the server says it, such as `18.1`
/// @param major such as 18
/// @param standby whether it follows another server
/// @param walKeepMb `max_slot_wal_keep_size`, -1 without a limit
/// @param slots `max_replication_slots`
/// @param slotsUsed how many there are
/// @param unread the names of those that nobody reads, at most three
/// @param slotThere whether the catalog's slot is among them
/// @param slotRead whether somebody reads it now
/// @param senders `max_wal_senders`
/// @param sendersUsed how many run
/// @param senderTimeout `wal_sender_timeout`, zero for none
/// @param idleTimeout `idle_replication_slot_timeout`, zero for none, as before PostgreSQL 18
record ServerSettings(
        String version,
        int major,
        boolean standby,
        long walKeepMb,
        int slots,
        int slotsUsed,
        List<String> unread,
        boolean slotThere,
        boolean slotRead,
        int senders,
        int sendersUsed,
        Duration senderTimeout,
        Duration idleTimeout) {

    private static final String SQL = """
            select current_setting('server_version'), current_setting('server_version_num')::int / 10000,
                   pg_is_in_recovery(),
                   (select setting::bigint from pg_settings where name = 'max_slot_wal_keep_size'),
                   current_setting('max_replication_slots')::int, (select count(*) from pg_replication_slots),
                   (select coalesce(array_agg(slot_name::text), '{}') from
                     (select slot_name from pg_replication_slots where not active and slot_name <> ? limit 3) unread),
                   exists (select from pg_replication_slots where slot_name = ?),
                   exists (select from pg_replication_slots where slot_name = ? and active),
                   current_setting('max_wal_senders')::int, (select count(*) from pg_stat_replication),
                   extract(epoch from current_setting('wal_sender_timeout')::interval)::bigint,
                   extract(epoch from current_setting('idle_replication_slot_timeout', true)::interval)::bigint""";

    static ServerSettings read(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            for (int i = 1; i <= 3; i++) {
                statement.setString(i, slot);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new ServerSettings(
                        row.getString(1),
                        row.getInt(2),
                        row.getBoolean(3),
                        row.getLong(4),
                        row.getInt(5),
                        row.getInt(6),
                        List.of((String[]) row.getArray(7).getArray()),
                        row.getBoolean(8),
                        row.getBoolean(9),
                        row.getInt(10),
                        row.getInt(11),
                        Duration.ofSeconds(row.getLong(12)),
                        Duration.ofSeconds(row.getLong(13)));
            }
        }
    }
}
