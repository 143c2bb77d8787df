package dev.rowcast.streams.audience;

import dev.rowcast.streams.ordering.Position;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// The partition's subscriptions: in a store, and as an interest index over it.
final class Subscriptions {

    private final KeyValueStore<String, Position> store;
    private final Interest interest = new Interest();
    private final Map<String, Set<SubscriptionKey>> byNode = new HashMap<>();

    /// Reads the store, which is restored by now.
    Subscriptions(KeyValueStore<String, Position> store) {
        this.store = store;
        try (KeyValueIterator<String, Position> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, Position> entry = all.next();
                index(SubscriptionKey.decode(entry.key), entry.value);
            }
        }
    }

    /// Subscribes from this position on. A subscription that another session of the node has already keeps the
    /// earlier of both starts, so that neither misses anything.
    void put(SubscriptionKey key, Position start) {
        Position known = store.get(key.encoded());
        Position earlier =
                known != null && known.epoch() == start.epoch() && known.offset() < start.offset() ? known : start;
        store.put(key.encoded(), earlier);
        index(key, earlier);
    }

    void remove(SubscriptionKey key) {
        Set<SubscriptionKey> keys = byNode.get(key.node());
        if (keys == null || !keys.remove(key)) {
            return;
        }
        if (keys.isEmpty()) {
            byNode.remove(key.node());
        }
        forget(key);
    }

    void removeNode(String node) {
        Set<SubscriptionKey> keys = byNode.remove(node);
        if (keys != null) {
            keys.forEach(this::forget);
        }
    }

    /// The nodes that want anything.
    List<String> nodes() {
        return List.copyOf(byNode.keySet());
    }

    Interest interest() {
        return interest;
    }

    private void index(SubscriptionKey key, Position start) {
        interest.put(key, start);
        byNode.computeIfAbsent(key.node(), node -> new HashSet<>()).add(key);
    }

    private void forget(SubscriptionKey key) {
        interest.remove(key);
        store.delete(key.encoded());
    }
}
