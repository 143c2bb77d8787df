package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.Progress;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.inbox.InboxMeter;
import dev.rowcast.ingest.inbox.InboxReader;
import dev.rowcast.ingest.inbox.InboxSettings;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.ProgressLog;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.Reader;
import dev.rowcast.ingest.slot.Slot;
import dev.rowcast.ingest.slot.SlotLease;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SourceIdentity;
import dev.rowcast.ingest.snapshot.StartPlan;
import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.RegistryException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One try, from taking the lease to the end of the engine. The order of its steps keeps two instances apart:
/// the lease first, then Kafka (which fences), then the slot.
final class CaptureRun {

    private static final Instant GENERATIONS_BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final IngestConfig config;
    private final CircuitBreaker registryBreaker;
    private final InboxMeter inboxMeter;
    private final Database database;
    private final RunObserver observer;
    private final Quarantine quarantine;
    private final CatalogWatch watch;
    private final EngineRun flow;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /// @param registryBreaker goes on from run to run, unlike what a run knows of the registry
    CaptureRun(
            IngestConfig config,
            CircuitBreaker registryBreaker,
            InboxMeter inboxMeter,
            Quarantine quarantine,
            RunObserver observer) {
        this.registryBreaker = registryBreaker;
        this.quarantine = quarantine;
        this.config = config;
        this.inboxMeter = inboxMeter;
        this.database = new Database(config.database());
        this.observer = observer;
        this.watch = new CatalogWatch(database, config, quarantine);
        this.flow = new EngineRun(config, database, quarantine, watch, observer);
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
                List<Fault> faults = Preflight.database(lease.connection(), config.catalog());
                Set<String> ofOneTable = watch.messages(lease.connection());
                refuse(faults.stream()
                        .filter(fault -> !ofOneTable.contains(fault.reason()))
                        .toList());
                capture(lease, slot, faults);
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
                    SlotLease.tryTake(database, config.catalog().slot(), config.takeOverAfter());
            if (lease.isPresent()) {
                return lease.get();
            }
        } while (waitForSlot());
        return null;
    }

    /// The lease is ours, but the connection of an instance that was killed may still hold the slot for a moment,
    /// and that of one that hangs for a minute.
    ///
    /// @return false when it was stopped while it waited
    private boolean awaitIdle(Slot slot) throws SQLException, InterruptedException {
        for (int polls = 1; ; polls++) {
            Optional<SlotState> found = slot.find();
            observer.slot(found);
            Optional<Reader> reader = found.flatMap(SlotState::reader);
            if (reader.isEmpty()) {
                return true;
            }
            if (polls > Backoff.SLOT_POLLS_UNTIL_TAKEN) {
                takeBack(slot, reader.get());
            }
            if (!waitForSlot()) {
                return false;
            }
        }
    }

    private void takeBack(Slot slot, Reader reader) {
        // The engine gives its sessions this name, whoever started it.
        if (reader.application().startsWith("Debezium") && slot.end(reader)) {
            return;
        }
        throw new FaultException(
                FaultCode.SLOT_TAKEN,
                "%s reads from slot %s".formatted(reader, config.catalog().slot()),
                "end that session: select pg_terminate_backend(%d);".formatted(reader.pid()),
                null);
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

    /// @param faults of single tables: before the first snapshot they are refused, afterwards the others go on
    private void capture(SlotLease lease, Slot slot, List<Fault> faults) throws SQLException {
        KafkaSettings kafka = new KafkaSettings(config.bootstrapServers(), config.largestRecordBytes());
        TopicSetup.Log log = new TopicSetup(kafka).ensure(TopicSetup.topics(config.catalog()), config.replication());
        RegistryClient registry = new RegistryClient(config.registryUrl(), registryBreaker);
        RecordEncoder encoder = new RecordEncoder(registry, config.largestRecordBytes());
        String source = config.catalog().source();
        String slotName = config.catalog().slot();
        SourceIdentity identity = slot.identity(database);
        ProgressLog published = new ProgressLog(kafka, registry);
        // Who may not go on must not fence an instance that may: it could be on another database.
        if (!(plan(slot, published.latest(source), identity) instanceof StartPlan.Resume)) {
            refuse(faults);
        }
        String transactions = "rowcast-ingest-" + slotName;
        try (Publisher publisher = Publisher.open(kafka, transactions)) {
            StartPlan plan = plan(slot, published.settled(source, transactions), identity);
            CaptureProgress begin = plan.begin(source, slotName, identity, log.topicId());
            quarantine.restore(begin);
            watch.look(lease.connection());
            Progress progress = Progress.from(begin, quarantine, config.clock());
            // Before the slot is made: a slot without a record of it could be somebody else's.
            publisher.publish(List.of(encoder.progress(progress.toRecord())));
            prepare(slot, plan);
            InboxSettings events = new InboxSettings(
                    kafka, registry, config.catalog(), progress.epoch(), log.partitions(), config.clock());
            try (InboxReader inbox = InboxReader.start(events, publisher, inboxMeter, flow::fail)) {
                flow.run(lease, slot, plan, log.partitions(), encoder, publisher, progress, inbox::rowsFlow);
            }
        }
    }

    private StartPlan plan(Slot slot, Optional<CaptureProgress> progress, SourceIdentity identity) throws SQLException {
        String source = config.catalog().source();
        boolean givenUp = progress.isPresent()
                && slot.givenUp(source, new Epoch(progress.get().getEpoch()));
        return StartPlan.of(config.catalog().slot(), progress, slot.find(), identity, givenUp, firstGeneration());
    }

    /// Kafka may have lost its record of an earlier one, so counting from 1 could repeat an epoch.
    private int firstGeneration() {
        return (int)
                Duration.between(GENERATIONS_BEGIN, config.clock().instant()).toSeconds();
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
