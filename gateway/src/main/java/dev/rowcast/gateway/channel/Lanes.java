package dev.rowcast.gateway.channel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What waits to be written on one event loop, in a lane for each tenant. The lanes take turns, each for about the same
/// number of bytes, so that who has much to write does not stand before who has little. As large as what waits.
/// Confined to the loop.
///
/// @param <K> a tenant
final class Lanes<K> {

    /// Something that is written when its lane comes to it.
    interface Work {
        /// @return how much it took of its lane's turn, in bytes
        long write();

        /// Writing threw this. Whoever is written to next must not suffer from it.
        default void failed(Throwable cause) {
            Mishaps.log(cause);
        }
    }

    private static final class Lane {
        final Deque<Work> waiting = new ArrayDeque<>();
        /// What it may still write; below 0 when the last one was longer than that.
        long credit;
    }

    private final long quantum;
    private final Map<K, Lane> lanes = new HashMap<>();
    private final Deque<K> round = new ArrayDeque<>();
    /// Where something was added last: a message goes to many of one tenant in a row.
    private @Nullable K lastKey;

    private @Nullable Lane last;

    /// @param quantum bytes that a lane may write in its turn
    Lanes(long quantum) {
        this.quantum = quantum;
    }

    boolean isEmpty() {
        return round.isEmpty();
    }

    void add(K key, Work work) {
        Lane lane = last;
        if (lane == null || !key.equals(lastKey)) {
            lane = lanes.get(key);
            if (lane == null) {
                lane = new Lane();
                lanes.put(key, lane);
                round.add(key);
            }
            last = lane;
            lastKey = key;
        }
        lane.waiting.add(work);
    }

    private static long write(Work work) {
        try {
            return work.write();
        } catch (RuntimeException | Error e) {
            work.failed(e);
            return 0;
        }
    }

    /// Lets the next lane have its turn.
    void turn() {
        K key = round.remove();
        Lane lane = lanes.get(key);
        if (lane == null) {
            return;
        }
        lane.credit += quantum;
        while (lane.credit > 0 && !lane.waiting.isEmpty()) {
            lane.credit -= write(lane.waiting.remove());
        }
        if (lane.waiting.isEmpty()) {
            lanes.remove(key);
            last = null;
        } else {
            round.add(key);
        }
    }
}
