package dev.rowcast.bench.cache;

import dev.rowcast.bench.machine.Pacer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// Commits new versions of rooms at a fixed rate until it is closed, and remembers when.
final class Writer implements AutoCloseable {

    private final Stand stand;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private Writer(Stand stand, Zipf zipf, int perSecond) {
        this.stand = stand;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("bench-writer")
                .start(() -> Pacer.run(
                        perSecond, Long.MAX_VALUE, () -> closing.getCount() == 0, (number, due) -> write(zipf.next())));
    }

    static Writer start(Stand stand, Zipf zipf, int perSecond) {
        return new Writer(stand, zipf, perSecond);
    }

    private void write(int room) {
        try {
            stand.rooms().write(room);
            stand.history().committed(room, System.nanoTime());
        } catch (SQLException e) {
            throw new IllegalStateException("a room was not written", e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join(Duration.ofSeconds(10));
    }
}
