package dev.rowcast.bench.machine;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Does something at a fixed rate, whatever becomes of it: what is late is made up for.
public final class Pacer {

    /// What is done.
    public interface Step {
        /// @param number from 0
        /// @param dueNs when it should be done
        void run(long number, long dueNs);
    }

    private Pacer() {}

    /// @return how often it was done
    public static long run(int perSecond, Duration time, Step step) {
        long count = perSecond * time.toMillis() / 1000;
        return run(perSecond, count, () -> false, step);
    }

    /// @param ended asked before each; when it is true nothing more is done
    /// @return how often it was done
    public static long run(int perSecond, long count, BooleanSupplier ended, Step step) {
        double gapNs = 1e9 / perSecond;
        long begin = System.nanoTime();
        long number = 0;
        while (number < count && !ended.getAsBoolean()) {
            long due = begin + (long) (number * gapNs);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            step.run(number, due);
            number++;
        }
        return number;
    }
}
