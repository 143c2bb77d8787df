package dev.rowcast.bench.subscribers;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one client has had of one channel, whose messages are numbered without gaps.
final class Order {

    /// How the next message compares with those before.
    enum Place {
        /// It is later than all of them.
        NEW,
        /// It was missing, and a later one came before it.
        LATE,
        TWICE
    }

    /// More numbers than these are not kept; they count as lost whatever comes.
    private static final int MOST_KEPT = 100_000;

    private final int channel;
    private long next;
    private long missing;
    private @Nullable Set<Long> gaps;

    /// @param next the number of the first message that must come
    Order(int channel, long next) {
        this.channel = channel;
        this.next = next;
    }

    int channel() {
        return channel;
    }

    Place take(long number) {
        if (number >= next) {
            if (number > next) {
                remember(next, number);
            }
            next = number + 1;
            return Place.NEW;
        }
        if (gaps != null && gaps.remove(number)) {
            missing--;
            return Place.LATE;
        }
        return Place.TWICE;
    }

    /// How many have not come.
    ///
    /// @param end the number behind the last one that was sent
    long missing(long end) {
        return missing + Math.max(0, end - next);
    }

    private void remember(long from, long to) {
        missing += to - from;
        Set<Long> kept = gaps == null ? new HashSet<>() : gaps;
        for (long number = from; number < to && kept.size() < MOST_KEPT; number++) {
            kept.add(number);
        }
        gaps = kept;
    }
}
