package dev.rowcast.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets commits wait for a standby that does not exist, again and again for a moment: meanwhile they are in the log
/// and readers do not see them.
final class CommitJolts implements AutoCloseable {

    private static final int HELD_MS = 300;
    private static final int FREE_MS = 200;

    private final World world;
    private final AtomicInteger count = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("commit-jolts").unstarted(this::run);

    CommitJolts(World world) {
        this.world = world;
        thread.start();
    }

    int count() {
        return count.get();
    }

    private void run() {
        try (Connection connection = world.database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit to local");
            boolean closed = false;
            while (!closed) {
                hold(statement, "'nobody'");
                closed = closing.await(HELD_MS, TimeUnit.MILLISECONDS);
                hold(statement, "''");
                closed = closed || closing.await(FREE_MS, TimeUnit.MILLISECONDS);
                count.incrementAndGet();
            }
            statement.execute("alter system reset synchronous_standby_names");
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void hold(Statement statement, String standby) throws SQLException {
        statement.execute("alter system set synchronous_standby_names = " + standby);
        statement.execute("select pg_reload_conf()");
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }
}
