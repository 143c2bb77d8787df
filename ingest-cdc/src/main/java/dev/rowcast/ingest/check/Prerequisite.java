package dev.rowcast.ingest.check;

/// Something that Rowcast needs and that can be looked at.
public interface Prerequisite {

    /// Its stable name, `part.thing`, such as `server.wal_level`. It never changes its meaning.
    String id();

    /// What people call it.
    String title();
}
