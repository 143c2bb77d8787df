package dev.rowcast.gateway.told;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// The transactions that clients were told of lately, of one row or one channel. The last of them alone would not do:
/// an answer may have it and lack one before, when a standby keeps that one from being seen, or when the last is old
/// news for somebody who was away.
///
/// Safe for use by several threads.
final class Recent {

    /// The oldest of more are not told apart: everything that was committed until then must be in the answer, for which
    /// the database is asked more often.
    static final int MOST = 32;

    private record Known(long xid, long nanos) {}

    private final Duration kept;
    private final Deque<Known> known = new ArrayDeque<>(2);
    private OptionalLong droppedNanos = OptionalLong.empty();

    /// @param kept how long each is remembered
    Recent(Duration kept) {
        this.kept = kept;
    }

    synchronized void add(long xid, long nowNanos) {
        if (!known.isEmpty() && known.getLast().xid() == xid) {
            known.removeLast(); // another change of the same transaction
        }
        known.addLast(new Known(xid, nowNanos));
        if (known.size() > MOST) {
            droppedNanos = OptionalLong.of(known.removeFirst().nanos());
        }
    }

    synchronized News news(long nowNanos) {
        while (!known.isEmpty() && isOver(known.getFirst().nanos(), nowNanos)) {
            known.removeFirst();
        }
        Set<Long> xids = known.stream().map(Known::xid).collect(Collectors.toUnmodifiableSet());
        return droppedNanos.isEmpty() || isOver(droppedNanos.getAsLong(), nowNanos)
                ? new News(xids, Optional.empty())
                : new News(xids, Optional.of(Duration.ofNanos(nowNanos - droppedNanos.getAsLong())));
    }

    private boolean isOver(long nanos, long nowNanos) {
        return nowNanos - nanos > kept.toNanos();
    }
}
