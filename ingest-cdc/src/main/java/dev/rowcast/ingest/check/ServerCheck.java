package dev.rowcast.ingest.check;

import dev.rowcast.ingest.fault.FaultCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Holds a server's settings against what capture needs.
final class ServerCheck {

    /// Since 14 the server decodes large transactions without keeping the whole of them in memory.
    private static final int OLDEST = 14;

    /// A pause of ingest that writes more than this loses the slot, so less than this is as good as nothing.
    private static final long LEAST_KEPT_MB = 256;

    /// The reader reports every 10 s; a sender that waits for less takes a busy reader for a dead one.
    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(20);

    /// For as long as this a dead ingest may hold the slot against the next one.
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(5);

    private final ServerSettings server;

    private ServerCheck(ServerSettings server) {
        this.server = server;
    }

    static List<Finding> findings(ServerSettings server) {
        ServerCheck check = new ServerCheck(server);
        List<Finding> findings = new ArrayList<>(List.of(
                check.version(),
                check.primary(),
                check.walKeep(),
                check.slots(),
                check.senders(),
                check.senderTimeout(),
                check.idleSlots()));
        return List.copyOf(findings);
    }

    private Finding version() {
        return server.major() >= OLDEST
                ? Finding.ok(DatabaseCheck.VERSION, "PostgreSQL " + server.version())
                : Finding.error(
                        DatabaseCheck.VERSION,
                        FaultCode.SERVER_VERSION,
                        "PostgreSQL " + server.version(),
                        "upgrade to PostgreSQL %d or newer".formatted(OLDEST));
    }

    private Finding primary() {
        return server.standby()
                ? Finding.error(
                        DatabaseCheck.PRIMARY,
                        FaultCode.DATABASE_STANDBY,
                        "this server follows another one",
                        "point DATABASE_URL at the primary")
                : Finding.ok(DatabaseCheck.PRIMARY, "it takes writes");
    }

    private Finding walKeep() {
        if (server.walKeepMb() < 0) {
            return Finding.error(
                    DatabaseCheck.WAL_KEEP,
                    FaultCode.WAL_UNBOUNDED,
                    "max_slot_wal_keep_size is -1: while nobody reads the slot, log is kept until the disk is full",
                    "set a limit below the free space of the disk",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';",
                    "SELECT pg_reload_conf();");
        }
        if (server.walKeepMb() < LEAST_KEPT_MB) {
            return Finding.warning(
                    DatabaseCheck.WAL_KEEP,
                    "max_slot_wal_keep_size is %d MB: a short pause of ingest loses the slot"
                            .formatted(server.walKeepMb()),
                    "keep what is written in the longest pause that you expect",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';",
                    "SELECT pg_reload_conf();");
        }
        return Finding.ok(DatabaseCheck.WAL_KEEP, "at most %,d MB".formatted(server.walKeepMb()));
    }

    private Finding slots() {
        String used = "%d of %d in use".formatted(server.slotsUsed(), server.slots());
        if (server.slotThere() || server.slotsUsed() < server.slots()) {
            return Finding.ok(DatabaseCheck.SLOTS, used + (server.slotThere() ? ", ours among them" : ""));
        }
        String unread = server.unread().isEmpty() ? "" : "; nobody reads " + String.join(", ", server.unread());
        return Finding.error(
                DatabaseCheck.SLOTS,
                FaultCode.NO_FREE_SLOT,
                used + ", and none is free for ours" + unread,
                "drop a slot that nobody needs, or allow more and restart Postgres",
                "ALTER SYSTEM SET max_replication_slots = %d;".formatted(server.slots() + 5));
    }

    private Finding senders() {
        String used = "%d of %d in use".formatted(server.sendersUsed(), server.senders());
        if (server.slotRead() || server.sendersUsed() < server.senders()) {
            return Finding.ok(DatabaseCheck.SENDERS, used + (server.slotRead() ? ", ours among them" : ""));
        }
        return Finding.error(
                DatabaseCheck.SENDERS,
                FaultCode.NO_FREE_SENDER,
                used + ", and none is free for ours",
                "allow more and restart Postgres",
                "ALTER SYSTEM SET max_wal_senders = %d;".formatted(server.senders() + 5));
    }

    private Finding senderTimeout() {
        Duration timeout = server.senderTimeout();
        String[] fix = {"ALTER SYSTEM SET wal_sender_timeout = '60s';", "SELECT pg_reload_conf();"};
        if (timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            return Finding.warning(
                    DatabaseCheck.SENDER_TIMEOUT,
                    "wal_sender_timeout is %s: an ingest that vanished holds the slot against the next one"
                            .formatted(timeout.isZero() ? "off" : timeout.toSeconds() + " s"),
                    "set it to a minute",
                    fix);
        }
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0) {
            return Finding.warning(
                    DatabaseCheck.SENDER_TIMEOUT,
                    "wal_sender_timeout is %d s, and ingest reports every 10 s".formatted(timeout.toSeconds()),
                    "set it to a minute",
                    fix);
        }
        return Finding.ok(DatabaseCheck.SENDER_TIMEOUT, timeout.toSeconds() + " s");
    }

    private Finding idleSlots() {
        return server.idleTimeout().isZero()
                ? Finding.ok(DatabaseCheck.IDLE_SLOTS, "kept however long nobody reads them")
                : Finding.warning(
                        DatabaseCheck.IDLE_SLOTS,
                        "idle_replication_slot_timeout is %d s: the slot is lost when ingest is away for longer"
                                .formatted(server.idleTimeout().toSeconds()),
                        "switch it off; max_slot_wal_keep_size bounds the log already",
                        "ALTER SYSTEM SET idle_replication_slot_timeout = 0;",
                        "SELECT pg_reload_conf();");
    }
}
