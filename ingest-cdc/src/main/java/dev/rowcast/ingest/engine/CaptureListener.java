package dev.rowcast.ingest.engine;

import dev.rowcast.schemas.catalog.TableName;

/// Told what the handler did, from the engine's thread: be quick.
public interface CaptureListener {

    /// A row of the first snapshot was read.
    void snapshotRow(TableName table);

    /// The first snapshot is complete.
    void snapshotDone();

    /// A batch is published and committed.
    ///
    /// @param rows captured rows in it
    void published(int rows);

    /// Rows of one transaction of the log are published.
    ///
    /// @param delayUs from its commit, by the database's clock, to now, by ours
    void captured(int rows, long delayUs);

    /// A heartbeat came back and is published.
    void heartbeat();

    /// A row was set aside.
    ///
    /// @param code why, for instance `NO_TENANT`
    void deadLetter(String table, String code);
}
