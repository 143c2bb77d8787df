package dev.rowcast.gateway.canary;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// What the database was seen to have, and since when. For one thread.
final class Sightings {

    private final Duration bound;
    private final Deque<Sighting> young = new ArrayDeque<>();
    private long last;
    private long due;

    /// @param version at least this was committed
    /// @param nanos before this time
    private record Sighting(long version, long nanos) {}

    /// @param bound how long ago a version must have been committed so that every answer has it
    Sightings(Duration bound) {
        this.bound = bound;
    }

    /// @param nanos after it was read
    void saw(long version, long nanos) {
        if (version < last) { // the database is another one, or an older copy of itself
            young.clear();
            due = 0;
        }
        if (version != last) {
            young.add(new Sighting(version, nanos));
            last = version;
        }
    }

    /// The version that every answer must have to a question that is asked now; 0 while none is known.
    ///
    /// @param nanos never earlier than the time before
    long due(long nanos) {
        while (!young.isEmpty() && nanos - young.getFirst().nanos() > bound.toNanos()) {
            due = young.removeFirst().version();
        }
        return due;
    }
}
