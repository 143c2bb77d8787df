package dev.rowcast.streams.audience;

import dev.rowcast.schemas.topic.Lease;

/// How much of what looks like the silence of nodes is the task's own: it stood still, or the signs of life
/// wait behind other commands. If that ended leases, a crowd that the task is slow to serve would lose
/// everything and ask for all of it again.
final class OwnSilence {

    private final CommandBacklog backlog;
    private long lookedMs;

    /// @param nowMs by the wall clock
    OwnSilence(CommandBacklog backlog, long nowMs) {
        this.backlog = backlog;
        this.lookedMs = nowMs;
    }

    /// For how long signs of life wait to be read.
    long behindMs(long nowMs) {
        return backlog.waitedMs(nowMs);
    }

    /// Looks at leases, which happens at every check.
    ///
    /// @return for how long the task stood still before
    long look(long nowMs) {
        long lateMs = nowMs - lookedMs - Lease.CHECK.toMillis();
        lookedMs = nowMs;
        return lateMs > Lease.CHECK.toMillis() ? lateMs : 0;
    }
}
