package dev.rowcast.streams.evictor;

import java.time.Duration;

/// How long to leave somebody alone who failed: 100 ms at first, twice as long each time, at most 2 s.
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private Duration next = FIRST;
    private long untilNanos;
    private boolean waiting;

    /// It failed again.
    void failed() {
        untilNanos = System.nanoTime() + next.toNanos();
        waiting = true;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    }

    /// It did what it was asked.
    void succeeded() {
        next = FIRST;
        waiting = false;
    }

    /// Whether it may be asked.
    boolean over() {
        return !waiting || System.nanoTime() - untilNanos >= 0;
    }
}
