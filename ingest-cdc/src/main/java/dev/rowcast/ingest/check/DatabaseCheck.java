package dev.rowcast.ingest.check;

/// What is looked at in a database, in this order.
public enum DatabaseCheck implements Prerequisite {
    REACHABLE("database.reachable", "Connection"),
    VERSION("server.version", "Version"),
    PRIMARY("server.primary", "Primary"),
    WAL_LEVEL("server.wal_level", "Log level"),
    WAL_KEEP("server.max_slot_wal_keep_size", "Log kept for slots"),
    SLOTS("server.max_replication_slots", "Replication slots"),
    SENDERS("server.max_wal_senders", "WAL senders"),
    SENDER_TIMEOUT("server.wal_sender_timeout", "Sender timeout"),
    IDLE_SLOTS("server.idle_replication_slot_timeout", "Idle slots"),
    ROLE("role.replication", "Role"),
    ROLE_TABLES("role.tables", "Reads the tables"),
    ROLE_OWN("role.rowcast", "Rowcast's own tables"),
    ROLE_ROWS("role.row_security", "Sees all rows"),
    ROLE_FUNCTIONS("role.functions", "Calls functions"),
    PUBLICATION("publication.exists", "Publication"),
    PUBLICATION_TABLES("publication.tables", "Tables"),
    PUBLICATION_OPERATIONS("publication.operations", "Operations"),
    PUBLICATION_COLUMNS("publication.columns", "Columns"),
    PUBLICATION_ROWS("publication.rows", "Rows"),
    PUBLICATION_PARTITIONS("publication.partitions", "Partitions"),
    TABLES("tables.exist", "Tables"),
    TABLE_COLUMNS("tables.columns", "Columns"),
    TABLE_KEYS("tables.primary_key", "Primary keys"),
    TABLE_IDENTITY("tables.replica_identity", "Replica identity"),
    SLOT("slot.state", "Slot"),
    SLOT_LOG("slot.retained", "Log kept"),
    SLOT_FAILOVER("slot.failover", "Failover"),
    TRANSACTIONS("transactions.open", "Long transactions"),
    PREPARED("transactions.prepared", "Prepared transactions");

    private final String id;
    private final String title;

    DatabaseCheck(String id, String title) {
        this.id = id;
        this.title = title;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }
}
