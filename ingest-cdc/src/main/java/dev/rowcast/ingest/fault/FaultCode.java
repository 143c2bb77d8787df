package dev.rowcast.ingest.fault;

/// Why ingest cannot run. The labels are API; `docs/concepts/ingest.md` lists every one.
public enum FaultCode {
    DATABASE_AWAY("the database does not answer", true),
    DATABASE_LOGIN("the database refuses the user, the password or the database name", false),
    DATABASE_RIGHTS("the user lacks a right", false),
    DATABASE_STANDBY("the database is a standby, which takes no writes", true),
    SERVER_VERSION("the database is too old", false),
    WAL_LEVEL("the database does not write a logical log", false),
    WAL_UNBOUNDED("log may be kept for the slot until the disk is full", false),
    NO_FREE_SLOT("the database has no replication slot left", false),
    NO_FREE_SENDER("the database has no sender left for the log", true),
    CATALOG_MISMATCH("the database does not fit the catalog", false),
    SETUP_MISSING("Rowcast's own tables are not in the database", false),
    PUBLICATION("the publication does not hold what the catalog captures", false),
    SLOT_MISSING("the slot is gone, and with it the log since the last published change", false),
    SLOT_LOST("the database gave up the slot because it kept too much log", false),
    SLOT_UNKNOWN("there is a slot of this name, but no record of what was published from it", false),
    SLOT_TAKEN("somebody who is not Rowcast reads from the slot or holds its lock", false),
    SLOT_AHEAD("the slot was moved past the last published change", false),
    SOURCE_CHANGED("this is another database than before", false),
    SOURCE_REWOUND("the database is older than what was published from it", false),
    NOT_VISIBLE("a commit is in the log, but it waits, so readers do not see it", false),
    GAP("the log does not continue where the last part of a transaction was published", false),
    BROKER_AWAY("Kafka does not answer", true),
    TRANSACTION_OPEN("Kafka holds a transaction of another source open, behind which ours cannot be told apart", true),
    REGISTRY_AWAY("the schema registry does not answer", true),
    FENCED("another instance publishes for this slot", false),
    TABLE_UNREADABLE("the capture engine cannot read what the log says of a table", false),
    PUBLISH_FAILED("Kafka did not take a batch", true),
    INBOX_FAILED("the inbox of published events cannot be read", true),
    CAPTURE_FAILED("the capture engine stopped", true);

    private final String meaning;
    private final boolean passing;

    FaultCode(String meaning, boolean passing) {
        this.meaning = meaning;
        this.passing = passing;
    }

    /// The stable text of the code, for instance `INGEST_SLOT_MISSING`.
    public String label() {
        return "INGEST_" + name();
    }

    /// One phrase that says what is wrong in general.
    public String meaning() {
        return meaning;
    }

    /// Whether it may mend itself, so that trying again is the reaction; otherwise somebody has to act.
    public boolean passing() {
        return passing;
    }
}
