package dev.rowcast.cache.model;

import java.util.Arrays;

/// Which packed state was first reached from which: millions of them, so in two arrays and not in objects.
final class Ways {

    /// No state is packed as this.
    private static final long FREE = -1;

    private static final int CAPACITY = 1 << 23;

    private final long[] states = new long[CAPACITY];
    private final long[] from = new long[CAPACITY];
    private int size;

    Ways() {
        Arrays.fill(states, FREE);
    }

    /// @return whether the state is new
    boolean add(long state, long before) {
        int at = find(state);
        if (states[at] == state) {
            return false;
        }
        if (++size > CAPACITY / 2) {
            throw new IllegalStateException("more than " + CAPACITY / 2 + " states");
        }
        states[at] = state;
        from[at] = before;
        return true;
    }

    long before(long state) {
        return from[find(state)];
    }

    private int find(long state) {
        long mixed = state * 0x9E3779B97F4A7C15L;
        int at = (int) (mixed >>> 41);
        while (states[at] != FREE && states[at] != state) {
            at = (at + 1) % CAPACITY;
        }
        return at;
    }
}
