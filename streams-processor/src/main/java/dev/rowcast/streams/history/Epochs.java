package dev.rowcast.streams.history;

import dev.rowcast.streams.ordering.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// The log's incarnations in the order in which they came. Their names have no order, and offsets may begin anew.
public final class Epochs {

    private static final String PREFIX = "epoch/";
    private static final int REMEMBERED = 64;

    private final KeyValueStore<String, Position> store;
    private final Map<Long, Integer> generations = new HashMap<>();
    /// Where each was first seen.
    private final NavigableMap<Integer, Position> firsts = new TreeMap<>();
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
                    firsts.put(generation, entry.value);
                    next = Math.max(next, generation + 1);
                }
            }
        }
    }

    /// Takes note of an incarnation when it is first seen.
    public Moment see(Position position) {
        if (position.epoch() != 0 && !generations.containsKey(position.epoch())) {
            generations.put(position.epoch(), next);
            firsts.put(next, position);
            store.put(PREFIX + next, position);
            generations.values().removeIf(generation -> generation <= next - REMEMBERED);
            firsts.headMap(next - REMEMBERED, true).clear();
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

    /// Where the incarnation was first seen that comes right before an offset of the log that a position is of;
    /// empty when nothing was seen before it. Offsets that begin anew are those of another log: before the first
    /// one of this log comes the other, and what is returned is not before the offset.
    public Optional<Position> before(Position ofTheLog, long offset) {
        Integer generation = generations.get(ofTheLog.epoch());
        Position first = generation == null ? null : firsts.get(generation);
        while (first != null && first.offset() >= offset) {
            Map.Entry<Integer, Position> earlier = firsts.lowerEntry(generation);
            if (earlier == null || earlier.getValue().offset() >= first.offset()) {
                return Optional.ofNullable(earlier).map(Map.Entry::getValue);
            }
            generation = earlier.getKey();
            first = earlier.getValue();
        }
        return Optional.ofNullable(first);
    }
}
