package dev.rowcast.bench;

import dev.rowcast.schemas.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjLongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Commits one row at a time at a fixed rate, whatever happens to the readers: an open loop.
final class Writers {

    private static final int CONNECTIONS = 16;
    private static final String UPDATE =
            "update public.sources set title = ? where id = 1 + ? % 12 and site_id = 'demo'";

    private static final Pattern TITLE = Pattern.compile("\"title\":\"(bench-[^\"]+)\"");

    private final DatabaseUrl database;

    Writers(DatabaseUrl database) {
        this.database = database;
    }

    /// The title that one of these writers gave to a row, in a message about it.
    static Optional<String> titleIn(String message) {
        Matcher title = TITLE.matcher(message);
        return title.find() ? Optional.of(title.group(1)) : Optional.empty();
    }

    /// @param committed is told each title and the nanosecond at which its commit was acknowledged
    /// @return how many were committed
    long write(String prefix, int perSecond, Duration time, ObjLongConsumer<String> committed)
            throws InterruptedException, ExecutionException {
        long count = perSecond * time.toSeconds();
        AtomicLong next = new AtomicLong();
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                writers.add(threads.submit(() -> {
                    write(prefix, next, count, begin, 1e9 / perSecond, committed);
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        return count;
    }

    private void write(
            String prefix, AtomicLong next, long count, long begin, double gapNs, ObjLongConsumer<String> committed)
            throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                PreparedStatement update = connection.prepareStatement(UPDATE)) {
            for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                long due = begin + (long) (i * gapNs);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                String title = prefix + i;
                update.setString(1, title);
                update.setLong(2, i);
                update.executeUpdate();
                committed.accept(title, System.nanoTime());
            }
        }
    }
}
