package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.Progress;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.ProgressLog;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.Slot;
import dev.rowcast.ingest.slot.SlotLease;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SourceIdentity;
import dev.rowcast.ingest.snapshot.StartPlan;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.RegistryException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One try, from taking the lease to the end of the engine. The order of its steps keeps two instances apart:
/// the lease first, then Kafka (which fences), then the slot.
final class CaptureRun {

    private final IngestConfig config;
    private final Database database;
    private final RunObserver observer;
    private final EngineRun flow;
    private final CountDownLatch stopped = new CountDownLatch(1);

    CaptureRun(IngestConfig config, RunObserver observer) {
        this.config = config;
        this.database = new Database(config.database());
        this.observer = observer;
        this.flow = new EngineRun(config, database, observer);
    }

    /// Ends [#run]; from any thread.
    void stop() {
        stopped.countDown();
        flow.stop();
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
            if (awaitIdle(slot)) {
                observer.starting();
                refuse(Preflight.database(lease.connection(), config.catalog()));
                capture(lease, slot);
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

    private static void refuse(List<Fault> faults) {
        if (!faults.isEmpty()) {
            throw new FaultException(faults.getFirst());
        }
    }

    private void capture(SlotLease lease, Slot slot) throws SQLException {
        KafkaSettings kafka = new KafkaSettings(config.bootstrapServers(), config.largestRecordBytes());
        TopicSetup.Log log = new TopicSetup(kafka).ensure(TopicSetup.topics(config.catalog()), config.replication());
        RegistryClient registry = new RegistryClient(config.registryUrl());
        RecordEncoder encoder = new RecordEncoder(registry, config.largestRecordBytes());
        String source = config.catalog().source();
        String slotName = config.catalog().slot();
        try (Publisher publisher = Publisher.open(kafka, "rowcast-ingest-" + slotName)) {
            SourceIdentity identity = slot.identity();
            StartPlan plan =
                    StartPlan.of(slotName, new ProgressLog(kafka, registry).latest(source), slot.find(), identity);
            Progress progress = Progress.from(plan.begin(source, slotName, identity, log.topicId()), config.clock());
            // Before the slot is made: a slot without a record of it could be somebody else's.
            publisher.publish(List.of(encoder.progress(progress.toRecord())));
            prepare(slot, plan);
            flow.run(lease, slot, plan, log.partitions(), encoder, publisher, progress);
        }
    }

    private static void prepare(Slot slot, StartPlan plan) throws SQLException {
        switch (plan) {
            case StartPlan.FirstSnapshot first -> {
                if (first.dropSlot()) {
                    slot.drop();
                }
            }
            // The server then sends nothing that is published already, however old the slot's own position is.
            case StartPlan.Resume resume ->
                slot.advance(new Lsn(resume.progress().getCommitLsn()));
        }
    }
}
