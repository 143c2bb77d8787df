package dev.rowcast.ingest;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next try: doubling, with jitter so that instances do not try in step.
final class Backoff {

    /// How often a standby looks whether the slot is free.
    static final Duration SLOT_POLL = Duration.ofMillis(500);

    /// How many looks at a slot that somebody still reads from, before that one has to let go.
    static final int SLOT_POLLS_UNTIL_TAKEN = 6;

    /// How often a fault that somebody has to mend is looked at again.
    static final Duration DOWN = Duration.ofSeconds(10);

    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int DOUBLINGS = 10;

    private Backoff() {}

    /// @param attempt from 1
    /// @return half to all of the doubled wait, at most 10 s
    static Duration of(int attempt, RandomGenerator random) {
        long full = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(attempt - 1, DOUBLINGS));
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }
}
