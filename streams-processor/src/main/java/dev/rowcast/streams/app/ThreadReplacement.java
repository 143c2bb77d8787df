package dev.rowcast.streams.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stream thread that dies is replaced, unless that happens so often that something else must be wrong.
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {

    static final int MOST = 10;
    static final Duration WITHIN = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(ThreadReplacement.class);

    private final Deque<Long> deathsNanos = new ArrayDeque<>();
    private volatile Optional<Throwable> gaveUp = Optional.empty();

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
        long now = System.nanoTime();
        deathsNanos.addLast(now);
        while (now - deathsNanos.getFirst() > WITHIN.toNanos()) {
            deathsNanos.removeFirst();
        }
        if (deathsNanos.size() <= MOST) {
            LOG.atError()
                    .addKeyValue("deaths", deathsNanos.size())
                    .setCause(failure)
                    .log("Stream thread died, replacing it");
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        LOG.atError()
                .addKeyValue("deaths", deathsNanos.size())
                .setCause(failure)
                .log("Stream threads keep dying, giving up");
        gaveUp = Optional.of(failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /// Why it gave up, if it did.
    Optional<Throwable> gaveUp() {
        return gaveUp;
    }
}
