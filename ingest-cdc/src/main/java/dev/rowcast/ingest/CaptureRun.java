package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.CaptureEngine;
import dev.rowcast.ingest.engine.CaptureListener;
import dev.rowcast.ingest.engine.Progress;
import dev.rowcast.ingest.engine.TransactionAssembler;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.ProgressLog;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.ingest.route.Router;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.Heartbeat;
import dev.rowcast.ingest.slot.Slot;
import dev.rowcast.ingest.slot.SlotLease;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SourceIdentity;
import dev.rowcast.ingest.slot.VisibilityGate;
import dev.rowcast.ingest.snapshot.SnapshotMeter;
import dev.rowcast.ingest.snapshot.StartPlan;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.RegistryException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One try, from taking the lease to the end of the engine. The order of its steps keeps two instances apart:
/// the lease first, then Kafka (which fences), then the slot.
final class CaptureRun {

    private final IngestConfig config;
    private final Database database;
    private final RunObserver observer;
    private final AtomicReference<@Nullable CaptureEngine> engine = new AtomicReference<>();
    private final AtomicReference<@Nullable VisibilityGate> gate = new AtomicReference<>();
    private final AtomicReference<@Nullable FaultException> heartbeatFault = new AtomicReference<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /// What a run tells its supervisor.
    interface RunObserver {
        void waitingForSlot();

        void starting();

        /// @return who is told what the handler does
        CaptureListener begin(Optional<SnapshotMeter> firstSnapshot);

        void slot(SlotState state);

        /// It waits for readers to see a transaction, and goes on by itself.
        void stuck(Fault fault);
    }

    CaptureRun(IngestConfig config, RunObserver observer) {
        this.config = config;
        this.database = new Database(config.database());
        this.observer = observer;
    }

    /// Ends [#run]; from any thread.
    void stop() {
        stopped.countDown();
        stopEngine();
    }

    /// Captures until [#stop].
    ///
    /// @throws FaultException when it cannot begin or go on
    /// @throws InterruptedException when it was interrupted
    void run() throws InterruptedException {
        try (SlotLease lease = lease()) {
            if (lease == null) {
                return;
            }
            Slot slot = new Slot(lease.connection(), config.catalog().slot());
            if (!awaitIdle(slot)) {
                return;
            }
            observer.starting();
            List<Fault> faults = Preflight.database(lease.connection(), config.catalog());
            if (!faults.isEmpty()) {
                throw new FaultException(faults.getFirst());
            }
            KafkaSettings kafka = new KafkaSettings(config.bootstrapServers(), config.largestRecordBytes());
            TopicSetup.Log log =
                    new TopicSetup(kafka).ensure(TopicSetup.topics(config.catalog()), config.replication());
            RegistryClient registry = new RegistryClient(config.registryUrl());
            RecordEncoder encoder = new RecordEncoder(registry, config.largestRecordBytes());
            try (Publisher publisher =
                    Publisher.open(kafka, "rowcast-ingest-" + config.catalog().slot())) {
                Optional<CaptureProgress> published =
                        new ProgressLog(kafka, registry).latest(config.catalog().source());
                SourceIdentity source = slot.identity();
                StartPlan plan = StartPlan.of(config.catalog().slot(), published, slot.find(), source);
                Progress progress = Progress.from(begin(plan, source, log.topicId()), config.clock());
                // Before the slot is made: a slot without a record of it could be somebody else's.
                publisher.publish(List.of(encoder.progress(progress.toRecord())));
                capture(lease, slot, plan, log, encoder, publisher, progress);
            }
        } catch (SQLException e) {
            throw database.fault(e);
        } catch (RegistryException e) {
            throw new FaultException(
                    FaultCode.REGISTRY_AWAY,
                    String.valueOf(e.getMessage()),
                    "start it, or mend SCHEMA_REGISTRY_URL",
                    e);
        }
    }

    /// @return null when it was stopped while it waited
    private @Nullable SlotLease lease() throws InterruptedException {
        do {
            Optional<SlotLease> lease =
                    SlotLease.tryTake(database, config.catalog().slot());
            if (lease.isPresent()) {
                return lease.get();
            }
        } while (waitForSlot());
        return null;
    }

    /// The lease is ours, but the connection of an instance that was killed may still hold the slot for a moment.
    ///
    /// @return false when it was stopped while it waited
    private boolean awaitIdle(Slot slot) throws SQLException, InterruptedException {
        while (slot.find().filter(SlotState::active).isPresent()) {
            if (!waitForSlot()) {
                return false;
            }
        }
        return true;
    }

    private boolean waitForSlot() throws InterruptedException {
        observer.waitingForSlot();
        return !stopped.await(Backoff.SLOT_POLL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CaptureProgress begin(StartPlan plan, SourceIdentity source, String topicId) {
        Epoch epoch = Epoch.of(topicId, source.systemIdentifier(), source.timeline(), plan.generation());
        Optional<CaptureProgress> resumed = plan instanceof StartPlan.Resume(int generation, CaptureProgress progress)
                ? Optional.of(progress)
                : Optional.empty();
        return new CaptureProgress(
                config.catalog().source(),
                epoch.value(),
                topicId,
                source.systemIdentifier(),
                source.timeline(),
                config.catalog().slot(),
                plan.generation(),
                resumed.isPresent(),
                resumed.map(CaptureProgress::getCommitLsn).orElse(0L),
                resumed.map(CaptureProgress::getXid).orElse(0L),
                resumed.map(CaptureProgress::getOpen).orElse(null),
                0L);
    }

    private void capture(
            SlotLease lease,
            Slot slot,
            StartPlan plan,
            TopicSetup.Log log,
            RecordEncoder encoder,
            Publisher publisher,
            Progress progress)
            throws SQLException {
        CaptureListener listener = observer.begin(prepare(lease, slot, plan));
        try (VisibilityGate opened = VisibilityGate.open(database, observer::stuck);
                Heartbeat heartbeat = new Heartbeat(
                        lease.connection(), config.cacheClock(), () -> observe(slot), this::heartbeatFailed)) {
            gate.set(opened);
            // A first snapshot must find the row, and a broken set-up must show before the engine starts.
            heartbeat.beat();
            CaptureEngine started = new CaptureEngine(
                    config.database(),
                    config.catalog(),
                    plan instanceof StartPlan.FirstSnapshot,
                    new TransactionAssembler(
                            new Router(config.catalog(), log.partitions()),
                            encoder,
                            progress,
                            config.limits(),
                            log.partitions(),
                            listener),
                    encoder,
                    opened::await,
                    publisher,
                    listener);
            engine.set(started);
            if (stopped.getCount() == 0) {
                return;
            }
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
        FaultException lost = heartbeatFault.get();
        if (lost != null) {
            throw lost;
        }
        if (fault != null) {
            throw fault;
        }
    }

    private Optional<SnapshotMeter> prepare(SlotLease lease, Slot slot, StartPlan plan) throws SQLException {
        switch (plan) {
            case StartPlan.FirstSnapshot(int generation, boolean dropSlot) -> {
                if (dropSlot) {
                    slot.drop();
                }
                return Optional.of(
                        SnapshotMeter.of(lease.connection(), config.catalog().publishedTables()));
            }
            case StartPlan.Resume(int generation, CaptureProgress progress) -> {
                // The server then sends nothing that is published already, however old the slot's own position
                // is.
                slot.advance(new Lsn(progress.getCommitLsn()));
                return Optional.empty();
            }
        }
    }

    private void observe(Slot slot) throws SQLException {
        slot.find().ifPresent(observer::slot);
    }

    /// The connection that holds the lease is gone, so the lease is.
    private void heartbeatFailed(SQLException e) {
        heartbeatFault.compareAndSet(null, database.fault(e));
        stopEngine();
    }

    private void stopEngine() {
        VisibilityGate waiting = gate.get();
        if (waiting != null) {
            // The engine ends after the batch under way, which may wait there.
            waiting.stop();
        }
        CaptureEngine running = engine.get();
        if (running != null) {
            running.stop();
        }
    }
}
