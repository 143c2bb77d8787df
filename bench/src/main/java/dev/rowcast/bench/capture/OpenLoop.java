package dev.rowcast.bench.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Commits one durable row at a time at a fixed rate, whatever becomes of them.
final class OpenLoop {

    /// Told of each commit, in the writer's thread.
    interface Committed {
        /// @param number from 0
        /// @param dueNs when it should have begun
        /// @param doneNs when it was acknowledged
        void done(int number, long dueNs, long doneNs);
    }

    private static final int CONNECTIONS = 16;
    private static final String MARK = "@@";
    private static final String INSERT =
            "insert into small_rows values (?, 'tenant-' || ? % 50, 'note', ?, 12.25, now())";

    private final Parts parts;
    private final AtomicLong ids;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong next = new AtomicLong();

    OpenLoop(Parts parts, AtomicLong ids) {
        this.parts = parts;
        this.ids = ids;
    }

    /// The number that a commit's row carries in its title, in any encoding that keeps ASCII.
    static OptionalInt number(byte[] row) {
        for (int i = 0; i + 2 < row.length; i++) {
            if (row[i] == '@' && row[i + 1] == '@') {
                int number = 0;
                int at = i + 2;
                while (at < row.length && row[at] >= '0' && row[at] <= '9') {
                    number = number * 10 + (row[at] - '0');
                    at++;
                }
                return at > i + 2 ? OptionalInt.of(number) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    /// Writes until the count is reached or [#end] is called.
    ///
    /// @return how many were committed
    long write(int perSecond, int count, Committed committed) throws InterruptedException, ExecutionException {
        double gapNs = 1e9 / perSecond;
        long begin = System.nanoTime();
        AtomicLong done = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                writers.add(threads.submit(() -> {
                    write(begin, gapNs, count, done, committed);
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        return done.get();
    }

    private void write(long begin, double gapNs, int count, AtomicLong done, Committed committed) throws Exception {
        try (Connection connection = parts.connect();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (long i = next.getAndIncrement(); i < count && !ended.get(); i = next.getAndIncrement()) {
                long due = begin + (long) (i * gapNs);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                long id = ids.getAndIncrement();
                insert.setLong(1, id);
                insert.setLong(2, id);
                insert.setString(3, MARK + i + MARK);
                insert.executeUpdate();
                committed.done((int) i, due, System.nanoTime());
                done.incrementAndGet();
            }
        }
    }

    /// Lets [#write] return soon; from any thread.
    void end() {
        ended.set(true);
    }
}
