package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.CaptureListener;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.inbox.InboxMeter;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.snapshot.BackfillListener;
import dev.rowcast.ingest.snapshot.SnapshotMeter;
import dev.rowcast.ingest.snapshot.SnapshotProgress;
import dev.rowcast.schemas.catalog.TableName;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
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
    private final IngestListener listener;
    private final SnapshotBoard snapshots = new SnapshotBoard();
    private final IngestMetrics metrics;
    private final InboxMeter inboxMeter;
    private final Thread supervisor;
    private final AtomicReference<IngestState> state = new AtomicReference<>(new IngestState.Starting());
    private final AtomicReference<@Nullable CaptureRun> current = new AtomicReference<>();
    private volatile Instant heartbeatAt = Instant.MIN;
    private final CountDownLatch closing = new CountDownLatch(1);
    private int attempt;

    private Ingest(IngestConfig config, MeterRegistry meters, IngestListener listener) {
        this.config = config;
        this.listener = listener;
        this.metrics = new IngestMetrics(meters, config.catalog().source(), state::get, snapshots, config.clock());
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
        return state.get();
    }

    /// Whether there is progress: it streams, and a heartbeat that was written within the last seconds is
    /// published.
    public boolean ready() {
        return state.get() instanceof IngestState.Streaming
                && heartbeatAt.plus(config.readyWithin()).isAfter(config.clock().instant());
    }

    /// What is read from tables, beside the log.
    public Snapshots snapshots() {
        return snapshots.view();
    }

    /// Ends within 5 s. What is published stays; what is not is read from the slot by the next instance.
    @Override
    public void close() {
        closing.countDown();
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
        become(new IngestState.Stopped());
    }

    private void supervise() {
        while (!isClosing()) {
            Duration wait = Duration.ZERO;
            try {
                CaptureRun run = new CaptureRun(config, inboxMeter, new Observer());
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
        attempt++;
        log.atWarn()
                .addKeyValue("source", config.catalog().source())
                .addKeyValue("code", fault.code().label())
                .addKeyValue("reason", fault.reason())
                .addKeyValue("attempt", attempt)
                .setCause(fault.code() == FaultCode.CAPTURE_FAILED ? cause : null)
                .log("Capture failed");
        if (fault.code().passing()) {
            become(new IngestState.Restarting(fault, attempt));
            return Backoff.of(attempt, ThreadLocalRandom.current());
        }
        become(new IngestState.Down(fault));
        return Backoff.DOWN;
    }

    private void become(IngestState next) {
        IngestState before = state.getAndSet(next);
        if (before.equals(next)) {
            return;
        }
        if (!before.label().equals(next.label())) {
            log.atInfo()
                    .addKeyValue("source", config.catalog().source())
                    .addKeyValue("from", before.label())
                    .addKeyValue("to", next.label())
                    .log("Ingest changed state");
        }
        listener.stateChanged(next);
    }

    private void reading(SnapshotProgress progress) {
        snapshots.first(progress);
        become(new IngestState.Snapshotting(progress));
    }

    /// Turns what a run tells into states and metrics.
    private final class Observer implements RunObserver {

        @Override
        public void waitingForSlot() {
            become(new IngestState.WaitingForSlot(config.catalog().slot()));
        }

        @Override
        public void starting() {
            // A fault stays in view until it is mended.
            if (state.get() instanceof IngestState.WaitingForSlot) {
                become(new IngestState.Starting());
            }
        }

        @Override
        public CaptureListener begin(Optional<SnapshotMeter> firstSnapshot, Runnable flowing) {
            firstSnapshot.ifPresent(meter -> reading(meter.progress("")));
            return new Handler(firstSnapshot, flowing);
        }

        @Override
        public BackfillListener backfills() {
            return snapshots;
        }

        @Override
        public void slot(SlotState slot) {
            metrics.slotRetained(slot.retainedBytes());
        }

        @Override
        public void stuck(Fault fault) {
            log.atWarn()
                    .addKeyValue("source", config.catalog().source())
                    .addKeyValue("code", fault.code().label())
                    .addKeyValue("reason", fault.reason())
                    .log("Publishing waits");
            become(new IngestState.Down(fault));
        }
    }

    /// Turns what the handler tells into states and metrics.
    private final class Handler implements CaptureListener {

        private static final int ROWS_PER_REPORT = 100;

        private final Optional<SnapshotMeter> meter;
        private final Runnable flowing;

        Handler(Optional<SnapshotMeter> meter, Runnable flowing) {
            this.meter = meter;
            this.flowing = flowing;
        }

        @Override
        public void snapshotRow(TableName table) {
            meter.ifPresent(counting -> {
                long rows = counting.row();
                if (rows % ROWS_PER_REPORT == 0) {
                    reading(counting.progress(table.toString()));
                }
            });
        }

        @Override
        public void snapshotDone() {
            meter.ifPresent(counted -> snapshots.first(counted.progress("")));
            snapshots.firstDone();
            log.atInfo().addKeyValue("source", config.catalog().source()).log("First snapshot read");
        }

        @Override
        public void published(int rows) {
            metrics.published(rows);
        }

        @Override
        public void captured(int rows, long delayUs) {
            metrics.captured(delayUs);
        }

        @Override
        public void heartbeat() {
            flowing.run();
            heartbeatAt = config.clock().instant();
            attempt = 0;
            if (!isClosing()) {
                become(new IngestState.Streaming());
            }
        }

        @Override
        public void deadLetter(String table, String code) {
            metrics.deadLetter(table, code);
        }
    }
}
