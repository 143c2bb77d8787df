package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.ProcessStat;
import dev.rowcast.bench.machine.Wait;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Kafka goes away under load and comes back, while the load goes on: what ingest keeps in memory, and how fast it
/// catches up.
final class Outage {

    /// How long it is watched before and after, at most.
    private static final Duration BESIDE = Duration.ofSeconds(10);

    private static final Duration CAUGHT_UP_WITHIN = Duration.ofSeconds(150);
    private static final Duration KEEPS_UP_WITHIN = Duration.ofSeconds(15);
    private static final int SAMPLE_MS = 500;

    private final Parts parts;
    private final AtomicLong ids;
    private final int perSecond;
    private final AtomicLong committed = new AtomicLong();

    /// @param perSecond rows that are written
    Outage(Parts parts, AtomicLong ids, int perSecond) {
        this.parts = parts;
        this.ids = ids;
        this.perSecond = perSecond;
    }

    /// Memory in one phase.
    ///
    /// @param residentMiB the most that the process had in RAM
    /// @param heapMiB the most that its heap held, garbage included
    /// @param liveHeapMiB what the heap held at the end of the phase after a collection
    record Memory(long residentMiB, long heapMiB, long liveHeapMiB) {}

    /// @param seconds how long Kafka was away
    /// @param perSecond rows that were written, all the time
    /// @param sent rows committed in all
    /// @param got rows that arrived in all
    /// @param retainedMiB log that the slot kept at the end of the outage
    /// @param backlog rows that waited when Kafka came back
    /// @param resumedAfterSeconds from Kafka's return to the first row
    /// @param caughtUpAfterSeconds from Kafka's return to the moment at which a tenth of a second of load waited
    /// @param catchUpPerSecond rows a second between these two, with the load going on
    record Seen(
            int seconds,
            int perSecond,
            long sent,
            long got,
            long retainedMiB,
            long backlog,
            double resumedAfterSeconds,
            double caughtUpAfterSeconds,
            double catchUpPerSecond,
            Memory before,
            Memory during,
            Memory after) {}

    Seen run(RowcastCapture capture, String slot, int seconds) throws Exception {
        Duration away = Duration.ofSeconds(seconds);
        Duration beside = away.compareTo(BESIDE) < 0 ? away : BESIDE;
        long most = perSecond * (away.toSeconds() + 2 * CAUGHT_UP_WITHIN.toSeconds() + 60);
        try (Arrivals arrivals =
                new Arrivals(parts.kafka(), List.of(capture.rowTopic(Shape.SMALL)), (entry, ns) -> {})) {
            OpenLoop load = new OpenLoop(parts, ids);
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(load, (int) most));
            try {
                keepUp(arrivals);
                Memory before = watch(capture, beside);
                parts.stopKafka();
                Memory during = watch(capture, away);
                long retained = Slots.retainedMiB(parts, slot);
                long begin = System.nanoTime();
                parts.startKafka();
                long waiting = committed.get() - arrivals.count();
                long first = arrivals.count();
                Wait.until("ingest goes on", CAUGHT_UP_WITHIN, () -> arrivals.count() > first);
                long resumed = System.nanoTime();
                Wait.until(
                        "ingest has caught up",
                        CAUGHT_UP_WITHIN,
                        () -> committed.get() - arrivals.count() < perSecond / 10);
                long caught = System.nanoTime();
                double rate = (arrivals.count() - first) / ((caught - resumed) / 1e9);
                Memory after = watch(capture, beside);
                load.end();
                writing.join();
                arrivals.await(committed.get(), Duration.ofSeconds(30));
                return new Seen(
                        seconds,
                        perSecond,
                        committed.get(),
                        arrivals.count(),
                        retained,
                        waiting,
                        (resumed - begin) / 1e9,
                        (caught - begin) / 1e9,
                        rate,
                        before,
                        during,
                        after);
            } finally {
                load.end();
            }
        }
    }

    /// A process that is still compiling may lag at first; one that never keeps up shows that in the result.
    private void keepUp(Arrivals arrivals) throws InterruptedException {
        long end = System.nanoTime() + KEEPS_UP_WITHIN.toNanos();
        do {
            TimeUnit.SECONDS.sleep(1);
        } while (committed.get() - arrivals.count() > perSecond / 10 && System.nanoTime() < end);
    }

    private void write(OpenLoop load, int most) {
        try {
            load.write(perSecond, most, (number, dueNs, doneNs) -> committed.incrementAndGet());
        } catch (Exception e) {
            throw new CompletionException("the load ended", e);
        }
    }

    private static Memory watch(RowcastCapture capture, Duration time) throws IOException, InterruptedException {
        long resident = 0;
        long heap = 0;
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            capture.child().requireAlive();
            resident =
                    Math.max(resident, ProcessStat.of(capture.child().handle()).residentMiB());
            heap = Math.max(heap, capture.management().heapMiB());
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MS);
        }
        collect(capture.child());
        return new Memory(resident, heap, capture.management().heapMiB());
    }

    private static void collect(Child child) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(child.handle().pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
