package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Mark;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Does something at a fixed rate, whatever becomes of it: what is late is made up for.
final class Pacer {

    private Pacer() {}

    /// @param step is told when it is due, in [Mark#nowUs]
    /// @return how often it was done
    static long run(double perSecond, Duration time, LongConsumer step) {
        long count = Math.round(perSecond * time.toMillis() / 1000);
        long begin = Mark.nowUs();
        for (long number = 0; number < count; number++) {
            long due = begin + (long) (number * 1e6 / perSecond);
            for (long left = due - Mark.nowUs(); left > 0; left = due - Mark.nowUs()) {
                LockSupport.parkNanos(left * 1000);
            }
            step.accept(due);
        }
        return count;
    }
}
