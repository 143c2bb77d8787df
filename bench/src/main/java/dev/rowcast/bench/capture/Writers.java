package dev.rowcast.bench.capture;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Writes rows of a shape in chunks, each with the next ids.
final class Writers {

    private final Parts parts;
    private final AtomicLong ids;

    /// @param ids the next one; shared by all that write into the same tables
    Writers(Parts parts, AtomicLong ids) {
        this.parts = parts;
        this.ids = ids;
    }

    /// Writes all rows at once: one transaction of a `COPY`, or many small ones.
    void writeAtOnce(Shape shape, int rows) throws Exception {
        try (Connection connection = parts.connect()) {
            shape.write(connection, ids.getAndAdd(rows), rows);
        }
    }

    /// Writes from several connections and stays at most two chunks a writer ahead of what has arrived.
    ///
    /// @param arrived how many rows have
    void writeAhead(Shape shape, int rows, LongSupplier arrived, long deadlineNs)
            throws InterruptedException, ExecutionException {
        long begun = arrived.getAsLong();
        long ahead = 2L * shape.chunkRows() * shape.writers();
        AtomicLong taken = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(shape.writers())) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < shape.writers(); i++) {
                writers.add(threads.submit(() -> {
                    try (Connection connection = parts.connect()) {
                        for (long from = taken.getAndAdd(shape.chunkRows());
                                from < rows;
                                from = taken.getAndAdd(shape.chunkRows())) {
                            while (from - (arrived.getAsLong() - begun) > ahead && System.nanoTime() < deadlineNs) {
                                TimeUnit.MILLISECONDS.sleep(1);
                            }
                            int size = (int) Math.min(shape.chunkRows(), rows - from);
                            shape.write(connection, ids.getAndAdd(size), size);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
    }
}
