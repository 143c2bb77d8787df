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
    /// Told that they have nothing.
    private final AwaitingCommit<String> told = new AwaitingCommit<>();

    /// Reads the store, which is restored by now. A node that was perhaps never told that it has nothing is not
    /// attached: what it had may be removed in part, and who is told of some of it takes that for all there was. It
    /// attaches again.
    ///
    /// @param nowMs by the wall clock
    Nodes(KeyValueStore<String, Attachment> store, long nowMs) {
        this.store = store;
        List<String> untold = new ArrayList<>();
        try (KeyValueIterator<String, Attachment> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, Attachment> entry = all.next();
                if (entry.value.told()) {
                    attached.put(entry.key, entry.value);
                    heardMs.put(entry.key, nowMs);
                } else {
                    untold.add(entry.key);
                }
            }
        }
        untold.forEach(store::delete);
    }

    /// @return whether its lease was alive; otherwise it is told that it has nothing
    boolean attach(String node, Attachment attachment, long nowMs) {
        heardMs.put(node, nowMs);
        Optional<Attachment> before = Optional.ofNullable(attached.get(node));
        if (before.isEmpty()) {
            told.add(node);
        }
        put(node, attachment.withTold(before.map(Attachment::told).orElse(false)));
        return before.isPresent();
    }

    /// Whoever was told before the last turn was told for good, when there was a commit since.
    ///
    /// @return whether somebody waits for a commit
    boolean settle() {
        told.turn().forEach(node -> {
            Attachment attachment = attached.get(node);
            if (attachment != null) {
                put(node, attachment.withTold(true));
            }
        });
        return !told.isEmpty();
    }

    private void put(String node, Attachment attachment) {
        if (!attachment.equals(attached.put(node, attachment))) {
            store.put(node, attachment);
        }
    }

    void detach(String node) {
        heardMs.remove(node);
        told.remove(node);
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

    /// This much of everybody's silence was ours.
    void excuse(long ms, long nowMs) {
        heardMs.replaceAll((node, heard) -> Math.min(nowMs, heard + ms));
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
