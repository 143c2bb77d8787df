package dev.rowcast.streams.history;

import dev.rowcast.streams.ordering.Position;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// When snapshots began: at its end, what was not said again since then is gone.
public final class Snapshots {

    private static final String PREFIX = "snapshot/";
    private static final int REMEMBERED = 8;

    private final KeyValueStore<String, Position> store;
    private final NavigableMap<Moment, Position> began = new TreeMap<>();

    /// @param store may hold other keys than those that begin with `snapshot/`
    public Snapshots(KeyValueStore<String, Position> store, Epochs epochs) {
        this.store = store;
        try (KeyValueIterator<String, Position> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, Position> entry = all.next();
                if (entry.key.startsWith(PREFIX)) {
                    began.put(epochs.at(entry.value), entry.value);
                }
            }
        }
    }

    public void begin(Moment at, Position position) {
        if (began.put(at, position) == null) {
            store.put(key(position), position);
            if (began.size() > REMEMBERED) {
                store.delete(key(began.pollFirstEntry().getValue()));
            }
        }
    }

    /// When the snapshot began that ends here; empty when nothing is known of it.
    public Optional<Moment> beganBefore(Moment end) {
        return Optional.ofNullable(began.lowerKey(end));
    }

    private static String key(Position position) {
        return PREFIX + position.epoch() + "/" + position.offset();
    }
}
