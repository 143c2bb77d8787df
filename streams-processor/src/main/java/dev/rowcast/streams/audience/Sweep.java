package dev.rowcast.streams.audience;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads the log for all replays of a partition that begin before the journal. One stretch is at hand, and each replay
/// that is there takes its part of it; then comes the next one ahead where a replay waits, and when nobody is ahead the
/// first one again. So the log is read by one consumer and, however many replays there are, about twice at most; and
/// on the heap are the stretch at hand and the next one. Confined to the stream thread.
final class Sweep {

    /// What the log has next for a replay.
    sealed interface Next {

        /// It is being read.
        record NotYet() implements Next {}

        /// It is not there any more, or cannot be had.
        record Gone() implements Next {}

        record Here(Stretch stretch) implements Next {}
    }

    private final Supplier<SideReading> opener;
    /// Up to where each replay has everything.
    private final Map<Object, Long> replays = new IdentityHashMap<>();
    /// How many of them are where.
    private final NavigableMap<Long, Integer> places = new TreeMap<>();
    /// For whom the log could not be read.
    private final Set<Object> failed = new HashSet<>();

    private @Nullable SideReading reading;
    private @Nullable Stretch here;
    private @Nullable CompletableFuture<Optional<Stretch>> ahead;
    private long oldest;

    Sweep(Supplier<SideReading> opener) {
        this.opener = opener;
    }

    /// What follows this offset, at once or as soon as it was read. Until [#leave] the replay is waited for.
    ///
    /// @param until offset, exclusive; what is before it is settled
    Next next(Object replay, long after, long until) {
        move(replay, after);
        go(until);
        if (failed.remove(replay) || after + 1 < oldest) {
            return new Next.Gone();
        }
        return here != null && here.continues(after) ? new Next.Here(here) : new Next.NotYet();
    }

    /// The replay needs no more of the log.
    void leave(Object replay) {
        Long before = replays.remove(replay);
        failed.remove(replay);
        if (before != null) {
            leavePlace(before);
        }
        if (replays.isEmpty() && reading != null) {
            reading.close();
            reading = null;
            here = null;
            ahead = null;
            oldest = 0;
        }
    }

    private void move(Object replay, long after) {
        Long before = replays.put(replay, after);
        if (before == null || before != after) {
            places.merge(after, 1, Integer::sum);
            if (before != null) {
                leavePlace(before);
            }
        }
    }

    private void leavePlace(long place) {
        places.computeIfPresent(place, (same, count) -> count == 1 ? null : count - 1);
    }

    private void go(long until) {
        take();
        if (ahead == null) {
            long from = nextPlace() + 1;
            if (from >= 0 && from < until) {
                SideReading open = reading == null ? opener.get() : reading;
                reading = open;
                ahead = open.read(from, until);
                take();
            }
        }
    }

    /// The next stretch is at hand when it was read and nobody needs the one before any more.
    private void take() {
        if (ahead == null || !ahead.isDone() || here != null && isNeeded(here)) {
            return;
        }
        Optional<Stretch> read = ahead.join();
        ahead = null;
        if (read.isPresent()) {
            here = read.get();
            oldest = here.oldest();
        } else {
            failed.addAll(replays.keySet());
        }
    }

    private boolean isNeeded(Stretch stretch) {
        Long last = places.lowerKey(stretch.end());
        return last != null && stretch.continues(last);
    }

    /// Where the log has to be read on; before 0 when nobody waits for it.
    private long nextPlace() {
        Long next = here == null ? null : places.ceilingKey(here.end());
        if (next == null) {
            next = places.isEmpty() ? null : places.firstKey();
        }
        return next == null || here != null && here.continues(next) ? Long.MIN_VALUE : next;
    }
}
