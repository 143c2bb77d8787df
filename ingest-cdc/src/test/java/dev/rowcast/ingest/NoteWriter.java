package dev.rowcast.ingest;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Commits notes with rising ids in a thread of its own, also across crashes of the server. Whether a commit that
/// was not answered took place, only the table knows.
final class NoteWriter implements AutoCloseable {

    static final List<String> TENANTS = List.of("demo", "other", "third");

    private static final int PAUSE_MS = 2;

    private final World world;
    private final AtomicInteger answered = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("note-writer").unstarted(this::run);
    private int id;

    NoteWriter(World world) {
        this.world = world;
        thread.start();
    }

    /// Waits for this many more answered commits.
    void awaitMore(int commits) {
        int until = answered.get() + commits;
        await().atMost(World.PATIENCE).until(() -> answered.get() >= until);
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }

    private void run() {
        try {
            while (!closing.await(PAUSE_MS, TimeUnit.MILLISECONDS)) {
                writeUntilItFails();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeUntilItFails() throws InterruptedException {
        try (Connection connection = world.database.connect();
                Statement statement = connection.createStatement()) {
            while (!closing.await(PAUSE_MS, TimeUnit.MILLISECONDS)) {
                StringBuilder sql = new StringBuilder("begin;");
                for (String tenant : TENANTS) {
                    sql.append("insert into notes values (%d, '%s', 'x');".formatted(++id, tenant));
                }
                statement.execute(sql.append("commit").toString());
                answered.incrementAndGet();
            }
        } catch (SQLException e) {
            // The server is away; the next round asks again.
            Thread.onSpinWait();
        }
    }
}
