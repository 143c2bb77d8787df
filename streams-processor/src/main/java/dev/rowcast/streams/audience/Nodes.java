package dev.rowcast.streams.audience;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// The gateway nodes that are attached to the partition, and when each was last heard of. That moment is not stored:
/// after a start every node has its whole lease again, because the silence may have been ours.
final class Nodes {

    private final KeyValueStore<String, Attachment> store;
    private final Map<String, Attachment> attached = new LinkedHashMap<>();
    private final Map<String, Long> heardMs = new LinkedHashMap<>();

    /// Reads the store, which is restored by now.
    ///
    /// @param nowMs by the wall clock
    Nodes(KeyValueStore<String, Attachment> store, long nowMs) {
        this.store = store;
        try (KeyValueIterator<String, Attachment> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, Attachment> entry = all.next();
                attached.put(entry.key, entry.value);
                heardMs.put(entry.key, nowMs);
            }
        }
    }

    void attach(String node, Attachment attachment, long nowMs) {
        heardMs.put(node, nowMs);
        if (!attachment.equals(attached.put(node, attachment))) {
            store.put(node, attachment);
        }
    }

    void detach(String node) {
        heardMs.remove(node);
        if (attached.remove(node) != null) {
            store.delete(node);
        }
    }

    /// Where the node reads its deliveries; empty when it is not attached.
    Optional<Integer> home(String node) {
        return Optional.ofNullable(attached.get(node)).map(Attachment::home);
    }

    Collection<String> attached() {
        return List.copyOf(attached.keySet());
    }

    /// What each said when it attached.
    Map<String, Attachment> all() {
        return Map.copyOf(attached);
    }

    /// How long nothing was heard of it.
    long silentMs(String node, long nowMs) {
        return nowMs - heardMs.getOrDefault(node, nowMs);
    }

    /// Those whose lease has ended.
    List<String> expired(long nowMs) {
        List<String> expired = new ArrayList<>();
        attached.forEach((node, attachment) -> {
            if (nowMs - heardMs.getOrDefault(node, nowMs) >= attachment.leaseMs()) {
                expired.add(node);
            }
        });
        return expired;
    }
}
