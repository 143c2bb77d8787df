package dev.rowcast.bench.machine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Waits for a condition, not for ever.
public final class Wait {

    private static final long PAUSE_MS = 20;

    private Wait() {}

    /// What may fail while one looks.
    public interface Condition {
        boolean holds() throws Exception;
    }

    /// @param what for the message when it does not come true
    public static void until(String what, Duration within, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!holds(what, condition)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited %d s until %s".formatted(within.toSeconds(), what));
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
    }

    private static boolean holds(String what, Condition condition) throws InterruptedException {
        try {
            return condition.holds();
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot see whether " + what, e);
        }
    }
}
