package dev.rowcast.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs one statement again and again, in a thread of its own.
final class Hammer implements AutoCloseable {

    private static final int PAUSE_MS = 3;

    private final World world;
    private final String sql;
    private final AtomicInteger count = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("hammer").unstarted(this::run);

    Hammer(World world, String sql) {
        this.world = world;
        this.sql = sql;
        thread.start();
    }

    int count() {
        return count.get();
    }

    private void run() {
        try (Connection connection = world.database.connect();
                Statement statement = connection.createStatement()) {
            while (!closing.await(PAUSE_MS, TimeUnit.MILLISECONDS)) {
                statement.execute(sql);
                count.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }
}
