package dev.rowcast.gateway.channel;

import java.time.Duration;

/// Until when a request waits for the topology. What comes of its replay shows that it is being worked on, and asking
/// anew would only make that work useless; so it then waits on, but not for ever.
///
/// @param askedNanos by [System#nanoTime]
/// @param nanos when it is over
record Deadline(long askedNanos, long nanos) {

    /// Less than the node remembers which requests went as one.
    static final Duration LONGEST = Duration.ofSeconds(50);

    /// Who waited for so long for an answer would wait for the next one as long.
    private static final Duration LONG = Duration.ofSeconds(5);

    /// @param answer how long the topology may be silent
    static Deadline of(Duration answer, long nowNanos) {
        return new Deadline(nowNanos, nowNanos + answer.toNanos());
    }

    /// The topology was heard.
    Deadline heard(Duration answer, long nowNanos) {
        long waited = nowNanos - askedNanos + answer.toNanos();
        long most = Math.max(answer.toNanos(), LONGEST.toNanos());
        return new Deadline(askedNanos, askedNanos + Math.min(waited, most));
    }

    boolean isOver(long nowNanos) {
        return nowNanos - nanos >= 0;
    }

    boolean waitedLong(long nowNanos) {
        return nowNanos - askedNanos >= LONG.toNanos();
    }
}
