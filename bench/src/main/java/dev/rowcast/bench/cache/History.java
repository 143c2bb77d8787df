package dev.rowcast.bench.cache;

import java.util.ArrayList;
import java.util.List;

/// When which version of a room was committed. One writer, several readers.
final class History {

    private final List<List<Long>> committed = new ArrayList<>();

    /// @param rooms all of version 0
    History(int rooms) {
        for (int room = 0; room < rooms; room++) {
            committed.add(new ArrayList<>());
        }
    }

    /// The next version of a room.
    ///
    /// @param nanos after the commit was acknowledged
    void committed(int room, long nanos) {
        List<Long> versions = committed.get(room);
        synchronized (versions) {
            versions.add(nanos);
        }
    }

    /// How long before a read began the first version was committed that its answer lacks; 0 when it lacks nothing.
    ///
    /// @param version that was read
    long lackedNanos(int room, long version, long beganNanos) {
        List<Long> versions = committed.get(room);
        synchronized (versions) {
            return version >= versions.size() ? 0 : Math.max(0, beganNanos - versions.get((int) version));
        }
    }
}
