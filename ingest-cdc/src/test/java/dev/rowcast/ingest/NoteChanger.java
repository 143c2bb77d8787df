package dev.rowcast.ingest;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Changes notes all over the table in a thread of its own: updates, moves to other tenants, new keys, deletes and
/// inserts, one to many rows a transaction.
final class NoteChanger implements AutoCloseable {

    private static final List<String> TENANTS = List.of("demo", "other", "third");
    private static final int PAUSE_MS = 10;

    private final World world;
    private final Random random;
    private final int ids;
    private final String before;
    private final AtomicInteger committed = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("note-changer").unstarted(this::run);

    /// @param ids notes have ids from 1 to this
    /// @param before runs once in its session
    NoteChanger(World world, long seed, int ids, String before) {
        this.world = world;
        this.random = new Random(seed);
        this.ids = ids;
        this.before = before;
        thread.start();
    }

    int committed() {
        return committed.get();
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }

    private void run() {
        try (Connection connection = world.database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(before);
            while (!closing.await(random.nextInt(PAUSE_MS + 1), TimeUnit.MILLISECONDS)) {
                change(statement);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(Statement statement) {
        StringBuilder sql = new StringBuilder("begin;");
        for (int i = random.nextInt(4); i >= 0; i--) {
            sql.append(one());
        }
        try {
            statement.execute(sql.append("commit").toString());
            committed.incrementAndGet();
        } catch (SQLException e) {
            rollback(statement, e);
        }
    }

    /// Two changers that wait for each other, or want the same key, are part of the game.
    private static void rollback(Statement statement, SQLException cause) {
        try {
            statement.execute("rollback");
        } catch (SQLException e) {
            throw new IllegalStateException(cause);
        }
    }

    private String one() {
        int id = 1 + random.nextInt(ids);
        String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
        int value = random.nextInt();
        return switch (random.nextInt(10)) {
            case 0 -> "delete from notes where id = %d;".formatted(id);
            case 1, 2 ->
                "insert into notes values (%d, '%s', 'n%d') on conflict (id) do update set body = 'c%d';"
                        .formatted(id, tenant, value, value);
            case 3 -> "update notes set site_id = '%s' where id = %d;".formatted(tenant, id);
            case 4 ->
                "update notes set id = %d where id = %d and not exists (select from notes where id = %d);"
                        .formatted(1 + value & 0xfff, id, 1 + value & 0xfff);
            case 5 ->
                "update notes set body = 'm%d' where id between %d and %d;"
                        .formatted(value, id, id + random.nextInt(100));
            default -> "update notes set body = 'u%d' where id = %d;".formatted(value, id);
        };
    }
}
