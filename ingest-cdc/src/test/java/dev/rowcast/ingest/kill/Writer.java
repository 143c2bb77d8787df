package dev.rowcast.ingest.kill;

import dev.rowcast.embedded.Postgres;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.postgresql.PGConnection;

/// Writes random transactions in a thread of its own, also across crashes of the server. It need not know which of
/// them committed: the reference does.
final class Writer implements AutoCloseable {

    /// All writers change the rows below it, so that they wait for each other, and now and then deadlock.
    private static final int SHARED_IDS = 40;

    private static final int MOST_STATEMENTS = 8;
    private static final int MOST_PAUSE_MS = 150;
    private static final int RETRY_MS = 50;
    private static final int MOVED = 1_000_000_000;

    private final Postgres.Database database;
    private final RandomGenerator random;
    private final int number;
    private final int writers;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean truncating;
    private long nextId;

    /// @param number from 0, below `writers`; its ids are its own
    Writer(Postgres.Database database, long seed, int number, int writers) {
        this.database = database;
        this.random = new SplittableRandom(seed * 31 + number);
        this.number = number;
        this.writers = writers;
        this.nextId = SHARED_IDS / writers + 1;
        this.thread = Thread.ofPlatform().name("kill-writer-" + number).start(this::run);
    }

    /// From now on `tags` is truncated now and then. Not while a snapshot reads it: `TRUNCATE` is visible to older
    /// snapshots too, so such a snapshot finds the table empty, and is right.
    void truncateToo() {
        truncating = true;
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }

    private void run() {
        try {
            while (!closing.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
                try (Connection connection = database.connect()) {
                    connection.setAutoCommit(false);
                    while (!closing.await(random.nextInt(MOST_PAUSE_MS), TimeUnit.MILLISECONDS)) {
                        transaction(connection);
                    }
                } catch (SQLException | IOException e) {
                    // The server is away, or chose this one to end a deadlock; the next round begins anew.
                    Thread.onSpinWait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void transaction(Connection connection) throws SQLException, IOException {
        try (Statement sql = connection.createStatement()) {
            int kind = random.nextInt(100);
            if (kind < 1) {
                copy(connection, 1_000 + random.nextInt(4_000));
            } else if (kind < 2 && truncating) {
                sql.execute("truncate tags");
            } else if (kind < 4) {
                sql.execute("insert into scratch values (1)");
            } else if (kind < 7) {
                sql.execute("select pg_logical_emit_message(%b, 'other', 'nobody')".formatted(random.nextBoolean()));
            }
            for (int i = random.nextInt(MOST_STATEMENTS) + 1; i > 0; i--) {
                if (random.nextInt(6) == 0) {
                    savepoint(sql);
                } else {
                    statement(sql);
                }
            }
        }
        if (random.nextInt(10) == 0) {
            connection.rollback();
        } else {
            connection.commit();
        }
    }

    private void savepoint(Statement sql) throws SQLException {
        sql.execute("savepoint s");
        for (int i = random.nextInt(3); i >= 0; i--) {
            statement(sql);
        }
        sql.execute(random.nextInt(3) == 0 ? "rollback to savepoint s" : "release savepoint s");
    }

    private void statement(Statement sql) throws SQLException {
        sql.execute(
                switch (random.nextInt(12)) {
                    case 0, 1, 2 ->
                        "insert into notes values (%d, '%s', '%s') on conflict do nothing"
                                .formatted(newId(), tenant(), body());
                    case 3 -> many();
                    case 4, 5 -> "update notes set body = '%s' where id = %d".formatted(body(), anyId());
                    case 6 -> "update notes set site_id = '%s' where id = %d".formatted(tenant(), anyId());
                    case 7 -> "update notes set site_id = site_id where id = %d".formatted(anyId());
                    case 8 -> "update notes set id = id + %d where id = %d".formatted(MOVED, anyId());
                    case 9 ->
                        "update tags set site_id = '%s' where id = %d and site_id <> 'third'"
                                .formatted("third", anyId());
                    case 10 -> "delete from tags where id = %d".formatted(anyId());
                    default -> "delete from notes where id = %d".formatted(anyId());
                });
    }

    private String many() {
        int count = 1 + random.nextInt(60);
        long from = newId();
        nextId += count;
        return "insert into tags select %d + g * %d, '%s', 'tag' || g from generate_series(0, %d) g on conflict do nothing"
                .formatted(from, writers, tenant(), count);
    }

    /// One COPY, whose rows share few positions of the log.
    private void copy(Connection connection, int rows) throws SQLException, IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            lines.append(newId()).append('\t').append(tenant()).append("\tcopied\n");
        }
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy notes from stdin", new StringReader(lines.toString()));
    }

    private long newId() {
        return nextId++ * writers + number;
    }

    private long anyId() {
        return random.nextInt(5) == 0
                ? random.nextInt(SHARED_IDS)
                : (nextId - random.nextLong(Math.min(nextId, 200))) * writers + number;
    }

    private String tenant() {
        return Tables.TENANTS.get(random.nextInt(Tables.TENANTS.size()));
    }

    /// Now and then one that is stored out of line.
    private String body() {
        return "b%d-".formatted(random.nextInt(1_000_000)) + (random.nextInt(25) == 0 ? "large".repeat(1_000) : "");
    }
}
