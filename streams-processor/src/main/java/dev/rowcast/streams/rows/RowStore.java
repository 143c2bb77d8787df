package dev.rowcast.streams.rows;

import dev.rowcast.streams.history.History;
import dev.rowcast.streams.history.HistoryLimits;
import dev.rowcast.streams.history.Knowledge;
import dev.rowcast.streams.history.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Rows with their histories, in a store that outlives the task. Not on the heap as well: there may be many. A row that
/// is gone is forgotten once nobody can ask about the time when it was there.
final class RowStore {

    /// When a row went.
    private record Gone(Moment at, String key) {}

    private final KeyValueStore<String, History<KeptRow>> store;
    private final HistoryLimits limits;
    private final ChildIndex index;
    private final PriorityQueue<Gone> gone = new PriorityQueue<>((a, b) -> a.at().compareTo(b.at()));
    private Moment newest = Moment.BEGINNING;

    /// Reads the store, which is restored by now.
    RowStore(KeyValueStore<String, History<KeptRow>> store, HistoryLimits limits, ChildIndex index) {
        this.store = store;
        this.limits = limits;
        this.index = index;
        forEach((key, history) -> remember(key, History.empty(), history));
    }

    /// Everything that is known of the key.
    History<KeptRow> history(String key) {
        History<KeptRow> history = store.get(key);
        return history == null ? History.empty() : history;
    }

    /// Never seen is known: there was no such row.
    Knowledge<KeptRow> asOf(String key, Moment at) {
        return isTooLongAgo(at) ? new Knowledge.Unknown<>() : history(key).asOf(at);
    }

    boolean isTooLongAgo(Moment at) {
        return at.ageAt(newest) > limits.offsets();
    }

    /// @param row empty: from this moment on there is none
    void put(String key, Moment at, Optional<KeptRow> row) {
        History<KeptRow> before = history(key);
        History<KeptRow> after = before.with(at, row, limits);
        if (!after.equals(before)) {
            store.put(key, after);
            remember(key, before, after);
        }
    }

    /// Forgets every row that is there at this moment and matches.
    void removeAll(Moment at, Predicate<String> matching) {
        removeAll(at, (key, history) -> matching.test(key));
    }

    /// Forgets every row that is there at this moment, matches and was not said again since.
    void removeUnconfirmed(Moment since, Moment at, Predicate<String> matching) {
        removeAll(at, (key, history) -> matching.test(key) && !history.saysAnything(since, at.previous()));
    }

    private void removeAll(Moment at, BiPredicate<String, History<KeptRow>> matching) {
        List<String> removed = new ArrayList<>();
        forEach((key, history) -> {
            if (matching.test(key, history)
                    && history.asOf(at.previous()).certain().isPresent()) {
                removed.add(key);
            }
        });
        removed.forEach(key -> put(key, at, Optional.empty()));
    }

    /// The log was read up to here.
    void advance(Moment now) {
        newest = now.compareTo(newest) > 0 ? now : newest;
        while (!gone.isEmpty() && gone.element().at().ageAt(newest) > limits.offsets()) {
            String key = gone.remove().key();
            History<KeptRow> history = history(key);
            if (!history.entries().isEmpty() && history.isOver(newest, limits)) {
                store.delete(key);
                remember(key, history, History.empty());
            }
        }
    }

    private void remember(String key, History<KeptRow> before, History<KeptRow> after) {
        if (!RowKey.isMark(key)) {
            index.update(key, before, after);
        }
        if (!after.entries().isEmpty() && after.entries().getLast().value().isEmpty()) {
            gone.add(new Gone(after.entries().getLast().at(), key));
        }
    }

    private void forEach(BiConsumer<String, History<KeptRow>> action) {
        try (KeyValueIterator<String, History<KeptRow>> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, History<KeptRow>> entry = all.next();
                action.accept(entry.key, entry.value);
            }
        }
    }
}
