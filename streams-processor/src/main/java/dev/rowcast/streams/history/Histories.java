package dev.rowcast.streams.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Histories by key: on the heap for questions, and in a store that outlives the task. A value that is gone is
/// forgotten once nobody can ask about the time when it was there.
public final class Histories<V> {

    /// When a value went.
    private record Gone(Moment at, String key) {}

    private final KeyValueStore<String, History<V>> store;
    private final HistoryLimits limits;
    private final Map<String, History<V>> all = new HashMap<>();
    private final PriorityQueue<Gone> gone = new PriorityQueue<>((a, b) -> a.at().compareTo(b.at()));
    private Moment newest = Moment.BEGINNING;

    /// Reads the store, which is restored by now.
    public Histories(KeyValueStore<String, History<V>> store, HistoryLimits limits) {
        this.store = store;
        this.limits = limits;
        try (KeyValueIterator<String, History<V>> stored = store.all()) {
            while (stored.hasNext()) {
                KeyValue<String, History<V>> entry = stored.next();
                all.put(entry.key, entry.value);
                rememberGone(entry.key, entry.value);
            }
        }
    }

    /// Never seen is known: there was no value.
    public Knowledge<V> asOf(String key, Moment at) {
        return isTooLongAgo(at) ? new Knowledge.Unknown<>() : history(key).asOf(at);
    }

    /// Everything that is known of the key.
    public History<V> history(String key) {
        return all.getOrDefault(key, History.empty());
    }

    public boolean isTooLongAgo(Moment at) {
        return at.ageAt(newest) > limits.offsets();
    }

    /// @param value empty: from this moment on there is none
    public void put(String key, Moment at, Optional<V> value) {
        History<V> before = history(key);
        History<V> after = before.with(at, value, limits);
        if (!after.equals(before)) {
            all.put(key, after);
            store.put(key, after);
            rememberGone(key, after);
        }
    }

    /// Forgets every value that is there at this moment and matches.
    ///
    /// @return the keys
    public List<String> removeAll(Moment at, Predicate<String> matching) {
        List<String> removed = new ArrayList<>();
        all.forEach((key, history) -> {
            if (matching.test(key) && history.asOf(at.previous()).certain().isPresent()) {
                removed.add(key);
            }
        });
        removed.forEach(key -> put(key, at, Optional.empty()));
        return removed;
    }

    /// Forgets every value that is there at this moment, matches and was not said again since.
    ///
    /// @return the keys
    public List<String> removeUnconfirmed(Moment since, Moment at, Predicate<String> matching) {
        return removeAll(at, key -> matching.test(key) && !history(key).saysAnything(since, at.previous()));
    }

    public void forEach(BiConsumer<String, History<V>> action) {
        all.forEach(action);
    }

    /// The log was read up to here.
    ///
    /// @return the histories that are over, which it knows no more
    public Map<String, History<V>> advance(Moment now) {
        newest = now;
        Map<String, History<V>> over = new HashMap<>();
        while (!gone.isEmpty() && gone.element().at().ageAt(now) > limits.offsets()) {
            String key = gone.remove().key();
            History<V> history = history(key);
            if (all.containsKey(key) && history.isOver(now, limits)) {
                all.remove(key);
                store.delete(key);
                over.put(key, history);
            }
        }
        return over;
    }

    private void rememberGone(String key, History<V> history) {
        if (!history.entries().isEmpty() && history.entries().getLast().value().isEmpty()) {
            gone.add(new Gone(history.entries().getLast().at(), key));
        }
    }
}
