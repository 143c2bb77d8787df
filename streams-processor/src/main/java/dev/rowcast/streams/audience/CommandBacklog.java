package dev.rowcast.streams.audience;

import dev.rowcast.schemas.topic.Lease;
import java.time.Duration;

/// How long commands wait before this process reads them. Its tasks share one thread, and what was fetched of one
/// partition is processed before anything else, so a crowd in one partition keeps commands of all of them waiting.
/// Safe for use by several threads.
final class CommandBacklog {

    /// A node whose clock is slow looks as if its commands had waited; it is not to outlive its lease by more than
    /// this.
    static final Duration MOST = Duration.ofMinutes(1);

    /// After one that waited, the others come within this.
    private static final Duration GRACE = Duration.ofSeconds(3);

    private record Seen(long waitedMs, long nowMs) {}

    private volatile Seen last = new Seen(0, Long.MIN_VALUE / 2);

    /// A command is processed.
    ///
    /// @param waitedMs since its node wrote it
    /// @param nowMs by the wall clock
    void processed(long waitedMs, long nowMs) {
        // Commands that wait their turn by rule are not late.
        if (waitedMs > HeadStart.MS + Lease.CHECK.toMillis()) {
            last = new Seen(Math.clamp(waitedMs, 0, MOST.toMillis()), nowMs);
        }
    }

    /// For how long commands wait now.
    long waitedMs(long nowMs) {
        Seen seen = last;
        return nowMs - seen.nowMs() <= GRACE.toMillis() ? seen.waitedMs() : 0;
    }
}
