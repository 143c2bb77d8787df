package dev.rowcast.bench.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/// Commit → topic at a fixed rate of durable single-row commits.
final class Latency {

    static final int PER_SECOND = 1000;
    static final String CHANGES = "rowcast.changes";

    private static final long STRAGGLERS_NS = TimeUnit.SECONDS.toNanos(20);

    private final Parts parts;
    private final AtomicLong ids;

    Latency(Parts parts, AtomicLong ids) {
        this.parts = parts;
        this.ids = ids;
    }

    /// @return one for the rows; for ours one for the changes too
    List<Delay> run(Side side, int block, Capture capture, int seconds) throws Exception {
        int count = PER_SECOND * seconds;
        String rows = capture.rowTopic(Shape.SMALL);
        List<String> topics = side == Side.ROWCAST ? List.of(rows, CHANGES) : List.of(rows);
        AtomicLongArray due = new AtomicLongArray(count);
        AtomicLongArray done = new AtomicLongArray(count);
        ConcurrentHashMap<String, AtomicLongArray> seen = new ConcurrentHashMap<>();
        AtomicLong matched = new AtomicLong();
        topics.forEach(topic -> seen.put(topic, new AtomicLongArray(count)));
        try (Arrivals arrivals = new Arrivals(parts.kafka(), topics, (entry, ns) -> {
            AtomicLongArray times = seen.get(entry.topic());
            byte[] value = entry.value();
            if (times != null && value != null) {
                OpenLoop.number(value)
                        .ifPresent(number -> matched.addAndGet(times.compareAndSet(number, 0, ns) ? 1 : 0));
            }
        })) {
            long sent = new OpenLoop(parts, ids).write(PER_SECOND, count, (number, dueNs, doneNs) -> {
                due.set(number, dueNs);
                done.set(number, doneNs);
            });
            long deadline = System.nanoTime() + STRAGGLERS_NS;
            while (matched.get() < sent * topics.size() && System.nanoTime() < deadline) {
                arrivals.count();
                TimeUnit.MILLISECONDS.sleep(5);
            }
            List<Delay> delays = new ArrayList<>();
            for (String topic : topics) {
                AtomicLongArray times = seen.getOrDefault(topic, new AtomicLongArray(0));
                delays.add(delay(side, block, topic.equals(CHANGES) ? "changes" : "rows", sent, due, done, times));
            }
            return delays;
        }
    }

    private static Delay delay(
            Side side,
            int block,
            String topic,
            long sent,
            AtomicLongArray due,
            AtomicLongArray done,
            AtomicLongArray seen) {
        Histogram fromCommit = Delay.histogram();
        Histogram fromDue = Delay.histogram();
        long got = 0;
        for (int i = 0; i < seen.length(); i++) {
            if (seen.get(i) != 0) {
                got++;
                // A reader can be faster than the acknowledgement: that is no time at all.
                fromCommit.recordValue(Math.max(0, seen.get(i) - done.get(i)) / 1000);
                fromDue.recordValue(Math.max(0, seen.get(i) - due.get(i)) / 1000);
            }
        }
        return new Delay(side, block, topic, sent, got, fromCommit, fromDue);
    }
}
