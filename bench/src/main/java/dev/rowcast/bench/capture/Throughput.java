package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Machine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How many rows a second one side brings into its topic.
final class Throughput {

    /// Longer than any machine needs; what has not arrived by then counts as missing.
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private final Parts parts;
    private final Side side;
    private final int block;
    private final Capture capture;
    private final Writers writers;

    Throughput(Parts parts, Side side, int block, Capture capture, Writers writers) {
        this.parts = parts;
        this.side = side;
        this.block = block;
        this.capture = capture;
        this.writers = writers;
    }

    Trial run(Shape shape, Mode mode, int rows) throws Exception {
        int restarts = capture.restarts();
        try (Arrivals arrivals = new Arrivals(parts.kafka(), List.of(capture.rowTopic(shape)), (entry, ns) -> {})) {
            if (mode == Mode.CATCH_UP) {
                writeWhileHeld(shape, rows);
            }
            Usage before = Usage.of(capture.child(), parts);
            long begin = System.nanoTime();
            switch (mode) {
                case SUSTAINED -> writers.writeAhead(shape, rows, arrivals::count, begin + LONGEST.toNanos());
                case CATCH_UP -> capture.child().resume();
            }
            arrivals.await(rows, LONGEST);
            capture.child().requireAlive();
            Usage used = Usage.of(capture.child(), parts).since(before);
            double seconds = (arrivals.lastNs() - begin) / 1e9;
            return new Trial(
                    side,
                    block,
                    shape,
                    mode,
                    rows,
                    arrivals.count(),
                    seconds,
                    used,
                    Machine.load(),
                    capture.restarts() - restarts);
        }
    }

    /// The log may be ahead of the disk by this much when nobody waits for it, so it is given the time.
    private void writeWhileHeld(Shape shape, int rows) throws Exception {
        capture.child().pause();
        try {
            writers.writeAtOnce(shape, rows);
            TimeUnit.MILLISECONDS.sleep(300);
        } catch (Exception e) {
            capture.child().resume();
            throw e;
        }
    }
}
