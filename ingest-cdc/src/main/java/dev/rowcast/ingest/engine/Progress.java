package dev.rowcast.ingest.engine;

import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.avro.OpenTransaction;
import dev.rowcast.schemas.position.Epoch;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// What is published, as the handler moves it on. For one thread.
public final class Progress {

    private final CaptureProgress identity;
    private final InstantSource clock;
    private final Quarantine quarantine;
    private boolean snapshotDone;
    private long commitLsn;
    private long xid;
    private long heartbeatXid;
    private Optional<OpenTransaction> open;
    private String placement;

    private Progress(CaptureProgress begin, Quarantine quarantine, InstantSource clock) {
        this.identity = begin;
        this.clock = clock;
        this.quarantine = quarantine;
        this.snapshotDone = begin.getSnapshotDone();
        this.commitLsn = begin.getCommitLsn();
        this.xid = begin.getXid();
        this.heartbeatXid = begin.getHeartbeatXid();
        this.open = Optional.ofNullable(begin.getOpen());
        this.placement = begin.getPlacement();
    }

    /// @param begin what is known of the source, and what is published already
    /// @param quarantine part of every record
    public static Progress from(CaptureProgress begin, Quarantine quarantine, InstantSource clock) {
        return new Progress(begin, quarantine, clock);
    }

    /// Of the log that is written.
    public Epoch epoch() {
        return new Epoch(identity.getEpoch());
    }

    String source() {
        return identity.getSource();
    }

    long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    boolean snapshotDone() {
        return snapshotDone;
    }

    /// End of the last transaction that is published whole.
    long commitLsn() {
        return commitLsn;
    }

    /// The transaction of which parts are published.
    Optional<OpenTransaction> open() {
        return open;
    }

    /// How tenants were split when the last record was published.
    String placement() {
        return placement;
    }

    void placed(String now) {
        placement = now;
    }

    void snapshotRow(long lsn) {
        commitLsn = lsn;
    }

    void snapshotIsDone() {
        snapshotDone = true;
    }

    void part(long xid, long firstLsn, long rows) {
        open = Optional.of(new OpenTransaction(xid, firstLsn, rows));
    }

    void committed(long xid, long commitLsn) {
        this.xid = xid;
        this.commitLsn = commitLsn;
        open = Optional.empty();
    }

    /// The transaction committed last rewrote the heartbeat row.
    void heartbeat() {
        heartbeatXid = xid;
    }

    /// The record for the log.
    public CaptureProgress toRecord() {
        return new CaptureProgress(
                identity.getSource(),
                identity.getEpoch(),
                identity.getTopicId(),
                identity.getSystemIdentifier(),
                identity.getTimeline(),
                identity.getSlot(),
                identity.getGeneration(),
                snapshotDone,
                commitLsn,
                xid,
                open.orElse(null),
                nowUs(),
                heartbeatXid,
                quarantine.toRecords(),
                placement);
    }
}
