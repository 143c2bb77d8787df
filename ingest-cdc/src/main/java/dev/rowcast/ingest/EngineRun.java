package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.CaptureEngine;
import dev.rowcast.ingest.engine.CaptureListener;
import dev.rowcast.ingest.engine.Progress;
import dev.rowcast.ingest.engine.TransactionAssembler;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.Heartbeat;
import dev.rowcast.ingest.slot.Slot;
import dev.rowcast.ingest.slot.SlotLease;
import dev.rowcast.ingest.slot.VisibilityGate;
import dev.rowcast.ingest.snapshot.Backfiller;
import dev.rowcast.ingest.snapshot.Rereads;
import dev.rowcast.ingest.snapshot.SnapshotMeter;
import dev.rowcast.ingest.snapshot.StartPlan;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The part of a run in which rows flow: the engine, and beside it the heartbeat and the visibility gate.
final class EngineRun {

    private final IngestConfig config;
    private final Database database;
    private final RunObserver observer;
    private final AtomicReference<@Nullable CaptureEngine> engine = new AtomicReference<>();
    private final AtomicReference<@Nullable VisibilityGate> gate = new AtomicReference<>();
    private final AtomicReference<@Nullable FaultException> lost = new AtomicReference<>();
    private final Quarantine quarantine;
    private final CatalogWatch watch;
    private volatile boolean stopped;

    EngineRun(IngestConfig config, Database database, Quarantine quarantine, CatalogWatch watch, RunObserver observer) {
        this.quarantine = quarantine;
        this.watch = watch;
        this.config = config;
        this.database = database;
        this.observer = observer;
    }

    /// Ends [#run] after the batch under way; from any thread.
    void stop() {
        stopped = true;
        VisibilityGate waiting = gate.get();
        if (waiting != null) {
            // The batch under way may wait there.
            waiting.stop();
        }
        CaptureEngine running = engine.get();
        if (running != null) {
            running.stop();
        }
    }

    /// As [#stop], for this reason.
    void fail(FaultException fault) {
        lost.compareAndSet(null, fault);
        stop();
    }

    /// Captures until [#stop], in the caller's thread.
    ///
    /// @param partitions how many `rowcast.changes` really has
    /// @param flowing run whenever a heartbeat came back through the log
    /// @throws FaultException when it cannot begin or go on
    void run(
            SlotLease lease,
            Slot slot,
            StartPlan plan,
            int partitions,
            RecordEncoder encoder,
            Publisher publisher,
            Progress progress,
            Runnable flowing)
            throws SQLException {
        CaptureListener listener = observer.begin(meter(lease, plan), flowing);
        try (VisibilityGate opened = VisibilityGate.open(database, observer::stuck);
                Backfiller backfiller = new Backfiller(database, config.catalog(), observer.backfills());
                Heartbeat heartbeat = new Heartbeat(
                        lease.connection(),
                        config.cacheClock(),
                        () -> watch.lookIfChanged(lease.connection()),
                        () -> observe(slot, backfiller, lease),
                        this::leaseLost)) {
            gate.set(opened);
            // A first snapshot must find the row, and a broken set-up must show before the engine starts.
            heartbeat.beat();
            CaptureEngine started = new CaptureEngine(
                    config.database(),
                    config.catalog(),
                    plan instanceof StartPlan.FirstSnapshot,
                    new TransactionAssembler(
                            config.catalog(),
                            quarantine,
                            watch::look,
                            encoder,
                            progress,
                            config.limits(),
                            partitions,
                            backfiller.rows(),
                            new Rereads(database, config.catalog())::ask,
                            listener),
                    encoder,
                    opened::await,
                    publisher,
                    listener);
            engine.set(started);
            if (stopped) {
                return;
            }
            backfiller.start(heartbeat::soon);
            heartbeat.start(config.heartbeatEvery());
            run(started);
        }
    }

    /// What ended the lease comes before what failed because of that.
    private void run(CaptureEngine started) {
        FaultException fault = null;
        try {
            started.run();
        } catch (FaultException e) {
            fault = e;
        }
        FaultException first = lost.get() == null ? fault : lost.get();
        if (first != null) {
            throw first;
        }
    }

    private Optional<SnapshotMeter> meter(SlotLease lease, StartPlan plan) throws SQLException {
        return plan instanceof StartPlan.FirstSnapshot
                ? Optional.of(
                        SnapshotMeter.of(lease.connection(), config.catalog().publishedTables()))
                : Optional.empty();
    }

    private void observe(Slot slot, Backfiller backfiller, SlotLease lease) throws SQLException {
        observer.slot(slot.find());
        backfiller.poll(lease.connection());
        watch.lookNowAndThen();
    }

    /// The connection that holds the lease is gone, so the lease is.
    private void leaseLost(SQLException e) {
        fail(database.fault(e));
    }
}
