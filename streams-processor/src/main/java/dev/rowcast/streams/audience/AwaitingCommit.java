package dev.rowcast.streams.audience;

import java.util.LinkedHashSet;
import java.util.Set;

/// What may only be acted on when a commit has come since. There is one between two turns, so what is added waits for
/// the next turn but one.
final class AwaitingCommit<T> {

    private Set<T> earlier = new LinkedHashSet<>();
    private Set<T> lately = new LinkedHashSet<>();

    void add(T each) {
        lately.add(each);
    }

    /// It waits no more.
    void remove(T each) {
        earlier.remove(each);
        lately.remove(each);
    }

    /// A turn.
    ///
    /// @return what was added before the last turn; it waits no more
    Set<T> turn() {
        Set<T> committed = earlier;
        earlier = lately;
        lately = new LinkedHashSet<>();
        return committed;
    }

    boolean isEmpty() {
        return earlier.isEmpty() && lately.isEmpty();
    }
}
