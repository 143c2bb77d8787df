package dev.rowcast.gateway.limit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How many connections each has of those that share something: an address, a tenant, a principal. Holds only those
/// that have one, so it is bounded by the node's connections.
///
/// Safe for use by several threads.
public final class Seats {

    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    /// Takes a seat, which must be given back.
    ///
    /// @return false when `most` are taken
    public boolean take(String who, int most) {
        while (true) {
            Integer before = taken.putIfAbsent(who, 1);
            if (before == null) {
                return true;
            }
            if (before >= most) {
                return false;
            }
            if (taken.replace(who, before, before + 1)) {
                return true;
            }
        }
    }

    /// Gives one seat back.
    public void release(String who) {
        taken.computeIfPresent(who, (key, count) -> count == 1 ? null : count - 1);
    }

    /// How many seats one has taken.
    public int count(String who) {
        return taken.getOrDefault(who, 0);
    }

    /// How many have at least one.
    public int size() {
        return taken.size();
    }
}
