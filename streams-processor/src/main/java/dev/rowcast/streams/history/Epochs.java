package dev.rowcast.streams.history;

import dev.rowcast.streams.ordering.Position;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// The log's incarnations in the order in which they came. Their names have no order, and offsets may begin anew.
public final class Epochs {

    private static final String PREFIX = "epoch/";
    private static final int REMEMBERED = 64;

    private final KeyValueStore<String, Position> store;
    private final Map<Long, Integer> generations = new HashMap<>();
    private int next;

    /// @param store may hold other keys than those that begin with `epoch/`
    public Epochs(KeyValueStore<String, Position> store) {
        this.store = store;
        try (KeyValueIterator<String, Position> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, Position> entry = all.next();
                if (entry.key.startsWith(PREFIX)) {
                    int generation = Integer.parseInt(entry.key.substring(PREFIX.length()));
                    generations.put(entry.value.epoch(), generation);
                    next = Math.max(next, generation + 1);
                }
            }
        }
    }

    /// Takes note of an incarnation when it is first seen.
    public Moment see(Position position) {
        if (position.epoch() != 0 && !generations.containsKey(position.epoch())) {
            generations.put(position.epoch(), next);
            store.put(PREFIX + next, position);
            generations.values().removeIf(generation -> generation <= next - REMEMBERED);
            store.delete(PREFIX + (next - REMEMBERED));
            next++;
        }
        return at(position);
    }

    /// An incarnation that was never seen is before everything.
    public Moment at(Position position) {
        Integer generation = generations.get(position.epoch());
        return generation == null ? Moment.BEGINNING : new Moment(generation, position.offset());
    }
}
