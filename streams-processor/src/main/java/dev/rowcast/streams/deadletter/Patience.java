package dev.rowcast.streams.deadletter;

import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How long to wait for a registry that is away. Its schemas are cached, so it is asked only for those that
/// were never met; when they cannot be had, nothing of the partition can be processed anyway.
///
/// Instances are safe for use by several threads.
public final class Patience {

    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Duration longest;
    private final CountDownLatch over = new CountDownLatch(1);

    /// @param longest for one record; shorter than Kafka's `max.poll.interval.ms`, 5 minutes
    public Patience(Duration longest) {
        this.longest = longest;
    }

    /// Ends all waiting, now and in future: the process stops.
    public void end() {
        over.countDown();
    }

    /// Asks until the registry is back.
    ///
    /// @throws RegistryException when it stays away too long, or at once when it answered
    <T extends @Nullable Object> T whileAway(Supplier<T> question) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            try {
                return question.get();
            } catch (RegistryException e) {
                if (e.reason() != Reason.UNAVAILABLE || System.nanoTime() >= deadline || stopped()) {
                    throw e;
                }
                LOG.atWarn().addKeyValue("reason", e.getMessage()).log("Waiting for the schema registry");
            }
        }
    }

    private boolean stopped() {
        try {
            return over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
