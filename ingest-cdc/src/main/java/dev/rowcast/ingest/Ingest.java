package dev.rowcast.ingest;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.inbox.InboxMeter;
import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.ingest.quarantine.QuarantinedTable;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.SlotReport;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.dependency.BreakerMetrics;
import dev.rowcast.schemas.dependency.DependencyDetails;
import dev.rowcast.schemas.dependency.Watch;
import dev.rowcast.schemas.registry.RegistryClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Captures one database into Kafka: raw rows to `cdc.*`, changes to `rowcast.changes`, each committed change
/// once and in commit order for whoever reads committed records.
///
/// It never ends by itself: what may mend itself is tried again, what somebody has to mend is shown as
/// [IngestState.Down] and looked at again every 10 s. One that was fenced waits for its turn after that.
public final class Ingest implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Ingest.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);
    private static final Duration INTERRUPTED_WAIT = Duration.ofSeconds(2);

    private final IngestConfig config;
    /// Only looks whether it is there; a run has its own.
    private final RegistryClient registry;
    private final Watch registryWatch;
    private final Watch databaseWatch;
    private final SnapshotBoard snapshots = new SnapshotBoard();
    private final StateBoard board;
    private final IngestMetrics metrics;
    private final InboxMeter inboxMeter;
    private final Quarantine quarantine;
    private final RunReport report;
    private final Thread supervisor;
    private final AtomicReference<@Nullable CaptureRun> current = new AtomicReference<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    private Ingest(IngestConfig config, MeterRegistry meters, IngestListener listener) {
        this.config = config;
        this.registry = new RegistryClient(config.registryUrl());
        BreakerMetrics.bind(meters, "ingest", registry.breaker());
        this.registryWatch = Watch.start("registry", Watch.USUAL, registry::ping, config.clock());
        Database database = new Database(config.database());
        this.databaseWatch = Watch.start("postgres", Watch.USUAL, database::ping, config.clock());
        this.board = new StateBoard(config.catalog().source(), listener);
        this.quarantine = new Quarantine(config.clock());
        this.metrics = new IngestMetrics(
                meters, config.catalog().source(), board::state, snapshots, quarantine, config.clock());
        this.report = new RunReport(config, board, snapshots, metrics, this::isClosing);
        this.inboxMeter = new InboxMeter(meters, config.catalog().source(), config.clock());
        this.supervisor = Thread.ofPlatform()
                .daemon()
                .name("rowcast-ingest-" + config.catalog().source())
                .unstarted(this::supervise);
    }

    /// Begins to capture and returns at once; the listener and [#state] tell how it goes.
    public static Ingest start(IngestConfig config, MeterRegistry meters, IngestListener listener) {
        Ingest ingest = new Ingest(config, meters, listener);
        ingest.supervisor.start();
        return ingest;
    }

    public IngestState state() {
        return board.state();
    }

    /// Whether there is progress: it streams, and a heartbeat that was written within the last seconds is
    /// published.
    public boolean ready() {
        return board.state() instanceof IngestState.Streaming
                && report.heartbeatAt()
                        .plus(config.readyWithin())
                        .isAfter(config.clock().instant());
    }

    /// How the slot stands; empty while another instance has it, and before it was looked at.
    public Optional<SlotReport> slot() {
        return metrics.slot().report();
    }

    /// The tables that are set aside while the others go on, by name.
    public List<QuarantinedTable> quarantined() {
        return quarantine.tables();
    }

    /// Lets a table out of quarantine. When its rows still do not fit, the next one sets it aside again.
    public void release(TableName table) {
        quarantine.release(table);
    }

    /// Whether the captured database answers, for health: as it was found when it was looked at last.
    public Map<String, Object> database() {
        return DependencyDetails.of(Optional.of(databaseWatch), Optional.empty());
    }

    /// Whether the schema registry answers, for health: as it was found when it was looked at last.
    public Map<String, Object> registry() {
        return DependencyDetails.of(Optional.of(registryWatch), Optional.of(registry.breaker()));
    }

    /// What is read from tables, beside the log.
    public Snapshots snapshots() {
        return snapshots.view();
    }

    /// Ends within 5 s. What is published stays; what is not is read from the slot by the next instance.
    @Override
    public void close() {
        closing.countDown();
        registryWatch.close();
        databaseWatch.close();
        CaptureRun running = current.get();
        if (running != null) {
            running.stop();
        }
        try {
            if (!supervisor.join(CLOSE_WAIT)) {
                // It waits for somebody who does not answer.
                supervisor.interrupt();
            }
            if (!supervisor.join(INTERRUPTED_WAIT)) {
                log.atWarn().addKeyValue("source", config.catalog().source()).log("Ingest did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        board.become(new IngestState.Stopped());
    }

    private void supervise() {
        while (!isClosing()) {
            Duration wait = Duration.ZERO;
            try {
                CaptureRun run = new CaptureRun(config, registry.breaker(), inboxMeter, quarantine, report);
                current.set(run);
                run.run();
            } catch (InterruptedException e) {
                return; // only close interrupts
            } catch (FaultException e) {
                wait = failed(e.fault(), e);
            } catch (RuntimeException e) {
                wait = failed(new Fault(FaultCode.CAPTURE_FAILED, e.toString(), "see the log; ingest tries again"), e);
            }
            if (!paused(wait)) {
                return;
            }
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private boolean paused(Duration wait) {
        try {
            return !closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    private Duration failed(Fault fault, Throwable cause) {
        if (isClosing()) {
            return Duration.ZERO;
        }
        metrics.restarted();
        int attempt = report.failedAgain();
        log.atWarn()
                .addKeyValue("source", config.catalog().source())
                .addKeyValue("code", fault.code().label())
                .addKeyValue("reason", fault.reason())
                .addKeyValue("attempt", attempt)
                .setCause(fault.code() == FaultCode.CAPTURE_FAILED ? cause : null)
                .log("Capture failed");
        if (fault.code().passing()) {
            board.become(new IngestState.Restarting(fault, attempt));
            return Backoff.of(attempt, ThreadLocalRandom.current());
        }
        board.become(new IngestState.Down(fault));
        return Backoff.DOWN;
    }
}
