package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.CaptureListener;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.slot.SlotReport;
import dev.rowcast.ingest.slot.SlotState;
import dev.rowcast.ingest.slot.SlotWatch;
import dev.rowcast.ingest.snapshot.BackfillListener;
import dev.rowcast.ingest.snapshot.SnapshotMeter;
import dev.rowcast.ingest.snapshot.SnapshotProgress;
import dev.rowcast.schemas.catalog.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what a run tells into states and metrics.
final class RunReport implements RunObserver {

    private static final Logger log = LoggerFactory.getLogger(Ingest.class);

    private final IngestConfig config;
    private final StateBoard board;
    private final SnapshotBoard snapshots;
    private final IngestMetrics metrics;
    private final BooleanSupplier closing;
    private final SlotWatch watch;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Instant heartbeatAt = Instant.MIN;
    private boolean critical;

    /// @param closing whether what still comes is of no interest any more
    RunReport(
            IngestConfig config,
            StateBoard board,
            SnapshotBoard snapshots,
            IngestMetrics metrics,
            BooleanSupplier closing) {
        this.config = config;
        this.board = board;
        this.snapshots = snapshots;
        this.metrics = metrics;
        this.closing = closing;
        this.watch = new SlotWatch(config.clock());
    }

    /// When a heartbeat was published last.
    Instant heartbeatAt() {
        return heartbeatAt;
    }

    /// @return how often it failed since it last worked, this time included
    int failedAgain() {
        return failures.incrementAndGet();
    }

    @Override
    public void waitingForSlot() {
        metrics.slot().update(Optional.empty());
        board.become(new IngestState.WaitingForSlot(config.catalog().slot()));
    }

    @Override
    public void starting() {
        // A fault stays in view until it is mended.
        if (board.state() instanceof IngestState.WaitingForSlot) {
            board.become(new IngestState.Starting());
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
    public synchronized void slot(Optional<SlotState> slot) {
        Optional<SlotReport> report = slot.map(watch::observe);
        metrics.slot().update(report);
        report.ifPresent(this::warnOnce);
    }

    private void warnOnce(SlotReport now) {
        if (now.critical() && !critical) {
            log.atWarn()
                    .addKeyValue("source", config.catalog().source())
                    .addKeyValue("status", now.state().status())
                    .addKeyValue("retainedBytes", now.state().retainedBytes())
                    .addKeyValue(
                            "timeLeft", now.timeLeft().map(Duration::toString).orElse("unknown"))
                    .log("The log that the slot needs will be removed soon");
        }
        critical = now.critical();
    }

    @Override
    public void stuck(Fault fault) {
        log.atWarn()
                .addKeyValue("source", config.catalog().source())
                .addKeyValue("code", fault.code().label())
                .addKeyValue("reason", fault.reason())
                .log("Publishing waits");
        board.become(new IngestState.Down(fault));
    }

    private void reading(SnapshotProgress progress) {
        snapshots.first(progress);
        board.become(new IngestState.Snapshotting(progress));
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
            failures.set(0);
            if (!closing.getAsBoolean()) {
                board.become(new IngestState.Streaming());
            }
        }

        @Override
        public void deadLetter(String table, String code) {
            metrics.deadLetter(table, code);
        }
    }
}
