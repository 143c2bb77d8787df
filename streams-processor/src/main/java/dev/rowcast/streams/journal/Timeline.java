package dev.rowcast.streams.journal;

import dev.rowcast.streams.route.LoggedChange;
import java.util.ArrayList;
import java.util.List;

/// The changes of one target, in order. Finding a place in it costs a few comparisons, whatever its length.
final class Timeline {

    private final List<LoggedChange> changes = new ArrayList<>(1);
    /// What is before this was removed, and goes when it is more than what is left.
    private int head;

    void add(LoggedChange change) {
        changes.add(change);
    }

    void removeFirst() {
        head++;
        if (2 * head >= changes.size()) {
            changes.subList(0, head).clear();
            head = 0;
        }
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /// The index of the first change after this offset; [#end] when there is none.
    int after(long offset) {
        int low = head;
        int high = changes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (changes.get(middle).offset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int end() {
        return changes.size();
    }

    LoggedChange get(int index) {
        return changes.get(index);
    }
}
