package dev.rowcast.gateway.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Clients that wait for their own write to arrive. Confined to the event loop; a client's waits are bounded by the
/// rate of its messages and by their timeouts.
final class Waits {

    private record Wait(
            Connection connection,
            Set<Integer> partitions,
            long lsn,
            long deadlineNanos,
            Runnable reached,
            Runnable expired) {}

    private final Standing standing;
    private final List<Wait> waits = new ArrayList<>();

    Waits(Standing standing) {
        this.standing = standing;
    }

    void add(
            Connection connection,
            Set<Integer> partitions,
            long lsn,
            Duration timeout,
            Runnable reached,
            Runnable expired) {
        Wait wait = new Wait(connection, partitions, lsn, System.nanoTime() + timeout.toNanos(), reached, expired);
        if (!settled(wait)) {
            waits.add(wait);
        }
    }

    /// Answers those whose place in the log is reached, and those whose time is over.
    void settle() {
        waits.removeIf(this::settled);
    }

    void forget(Connection connection) {
        waits.removeIf(wait -> wait.connection() == connection);
    }

    private boolean hasReached(int partition, long lsn) {
        Progress here = standing.of(partition);
        return here != null && Long.compareUnsigned(here.lsn(), lsn) >= 0;
    }

    private boolean settled(Wait wait) {
        // A connection that catches up is behind its node.
        if (wait.connection().resumes == 0
                && wait.partitions().stream().allMatch(partition -> hasReached(partition, wait.lsn()))) {
            wait.reached().run();
            return true;
        }
        if (System.nanoTime() - wait.deadlineNanos() >= 0) {
            wait.expired().run();
            return true;
        }
        return false;
    }
}
