package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// The partition's subscriptions: in a store, and as an interest index over it.
///
/// Whether a subscription to a channel with members is live is not stored: it follows from the grants, as of each
/// change. So a subscription outlives its revocation for a while, and input that is read again finds it.
final class Subscriptions {

    /// Longer than input may be uncommitted.
    static final Duration AFTER_REVOCATION = Duration.ofMinutes(1);

    private final KeyValueStore<String, Position> store;
    private final Admission admission;
    private final Interest interest;
    private final Presences presences;
    private final Map<String, Set<SubscriptionKey>> byNode = new HashMap<>();
    private final Map<SubscriptionKey, Long> revokedMs = new HashMap<>();
    private final AwaitingCommit<SubscriptionKey> suspended = new AwaitingCommit<>();
    private final Set<String> misfits = new HashSet<>();

    /// Reads the store, which is restored by now.
    ///
    /// @param nowMs by the wall clock
    Subscriptions(KeyValueStore<String, Position> store, Admission admission, long nowMs) {
        this.store = store;
        this.admission = admission;
        this.interest = new Interest(admission);
        this.presences = new Presences(admission);
        try (KeyValueIterator<String, Position> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, Position> entry = all.next();
                SubscriptionKey key = SubscriptionKey.decode(entry.key);
                index(key, entry.value);
                if (key.kind() == TargetKind.CHANNEL
                        && (key.subscriber().isPresent() != admission.isByPrincipal(key.target())
                                || !admission.fits(key.toTarget()))) {
                    misfits.add(key.node());
                } else if (key.subscriber().isPresent()) {
                    revokedMs.put(key, nowMs);
                }
            }
        }
    }

    /// The nodes that had subscribed to a channel when the catalog said otherwise who may read it, or what it can
    /// be narrowed by. They have to ask again.
    Set<String> misfits() {
        return misfits;
    }

    /// Subscribes from this position on. A subscription that another session of the node has already keeps the
    /// earlier of both starts, so that neither misses anything when input is read again.
    void put(SubscriptionKey key, Position start) {
        Position known = store.get(key.encoded());
        Position earlier = known == null ? start : earlier(known, start);
        if (!earlier.equals(known)) {
            store.put(key.encoded(), earlier);
        }
        index(key, earlier);
    }

    /// Which incarnation of the log came first is not known, so of two everything is news: repeating is allowed.
    private static Position earlier(Position one, Position other) {
        if (one.epoch() != other.epoch()) {
            return Position.NONE;
        }
        return one.offset() < other.offset() ? one : other;
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

    /// Takes what the node had out of effect. It asks again for what it wants, and the rest is removed by
    /// [#removeSuspended]: not now, because a crash may take back that the node is told so.
    void suspend(String node) {
        byNode.getOrDefault(node, Set.of()).forEach(key -> {
            interest.remove(key);
            presences.touched(key);
            suspended.add(key);
        });
    }

    /// Removes what was suspended before the last turn and was not asked for again.
    ///
    /// @return whether something waits for the next turn
    boolean removeSuspended() {
        suspended.turn().forEach(this::remove);
        return !suspended.isEmpty();
    }

    void removeNode(String node) {
        Set<SubscriptionKey> keys = byNode.remove(node);
        if (keys != null) {
            keys.forEach(this::forget);
        }
    }

    /// A user and a key of this id lost a channel.
    ///
    /// @param nowMs by the wall clock
    /// @return the subscriptions that are concerned
    List<SubscriptionKey> revoke(TenantId tenant, String channel, String principal, long nowMs) {
        List<SubscriptionKey> revoked = Stream.of(PrincipalKind.USER, PrincipalKind.KEY)
                .flatMap(kind -> interest.of(tenant, channel, new Subscriber(kind, principal)).stream())
                .toList();
        revoked.forEach(key -> revoked(key, nowMs));
        return revoked;
    }

    /// Somebody lost everything.
    ///
    /// @param nowMs by the wall clock
    void revoke(TenantId tenant, Subscriber subscriber, long nowMs) {
        byNode.values().stream()
                .flatMap(Set::stream)
                .filter(key -> key.tenant().equals(tenant)
                        && key.subscriber().filter(subscriber::equals).isPresent())
                .forEach(key -> revoked(key, nowMs));
    }

    private void revoked(SubscriptionKey key, long nowMs) {
        revokedMs.put(key, nowMs);
        presences.touched(key);
    }

    /// Removes what was revoked a while ago and did not come back.
    ///
    /// @param nowMs by the wall clock
    void purgeRevoked(long nowMs) {
        List<SubscriptionKey> due = new ArrayList<>();
        revokedMs.entrySet().removeIf(entry -> {
            boolean isDue = nowMs - entry.getValue() >= AFTER_REVOCATION.toMillis();
            if (isDue) {
                due.add(entry.getKey());
            }
            return isDue;
        });
        due.stream()
                .filter(key -> key.subscriber()
                        .filter(who -> !admission.accepts(key.tenant(), who, key.toTarget()))
                        .isPresent())
                .forEach(this::remove);
    }

    /// How many there are.
    int size() {
        return byNode.values().stream().mapToInt(Set::size).sum();
    }

    /// The nodes that want anything.
    List<String> nodes() {
        return List.copyOf(byNode.keySet());
    }

    Interest interest() {
        return interest;
    }

    Presences presences() {
        return presences;
    }

    /// Nobody is on the node any more, though its subscriptions are still there.
    void leave(String node) {
        byNode.getOrDefault(node, Set.of()).forEach(presences::touched);
    }

    private void index(SubscriptionKey key, Position start) {
        suspended.remove(key);
        interest.put(key, start);
        presences.asked(key);
        byNode.computeIfAbsent(key.node(), node -> new HashSet<>()).add(key);
    }

    private void forget(SubscriptionKey key) {
        interest.remove(key);
        presences.touched(key);
        store.delete(key.encoded());
        revokedMs.remove(key);
        suspended.remove(key);
    }
}
