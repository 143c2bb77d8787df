package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Which nodes care for what: the subscriptions turned inside out, so that a change costs what its audience costs and
/// not what all subscriptions cost. Derived, never stored, as large as the subscriptions.
final class Interest {

    private record Topic(TenantId tenant, TargetKind kind, String target) {
        static Topic of(SubscriptionKey key) {
            return new Topic(key.tenant(), key.kind(), key.target());
        }
    }

    private final Map<Topic, Map<SubscriptionKey, Position>> starts = new HashMap<>();

    void put(SubscriptionKey key, Position start) {
        starts.computeIfAbsent(Topic.of(key), unseen -> new LinkedHashMap<>()).put(key, start);
    }

    void remove(SubscriptionKey key) {
        starts.computeIfPresent(Topic.of(key), (topic, keys) -> {
            keys.remove(key);
            return keys.isEmpty() ? null : keys;
        });
    }

    /// The nodes to which the change is news, each with what it is to be told.
    Map<String, Wanted> wanted(LoggedChange change, Routed.Told told) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        for (String channel : told.audience().all()) {
            news(change, TargetKind.CHANNEL, channel)
                    .forEach(key -> wanted.computeIfAbsent(key.node(), node -> new Wanted())
                            .channel(channel));
        }
        told.entity()
                .ifPresent(entity -> news(change, TargetKind.ENTITY, entity)
                        .forEach(key -> wanted.computeIfAbsent(key.node(), node -> new Wanted())
                                .subscriber(key.subscriber().orElseThrow())));
        return wanted;
    }

    /// What one node has subscribed in one tenant.
    record Held(TenantId tenant, String node, Set<Target> targets) {}

    /// What the nodes have subscribed, as far as it matches. Walks all subscriptions: for what is rare.
    ///
    /// @param tenant empty for every tenant
    Collection<Held> held(Optional<TenantId> tenant, Predicate<Target> matching) {
        Map<List<Object>, Held> held = new LinkedHashMap<>();
        starts.forEach((topic, keys) -> {
            Target target = new Target(topic.kind(), topic.target(), "");
            if (tenant.map(topic.tenant()::equals).orElse(true) && matching.test(target)) {
                keys.keySet()
                        .forEach(key -> held.computeIfAbsent(
                                        List.of(key.tenant(), key.node()),
                                        unseen -> new Held(key.tenant(), key.node(), new LinkedHashSet<>()))
                                .targets()
                                .add(target));
            }
        });
        return held.values();
    }

    private List<SubscriptionKey> news(LoggedChange change, TargetKind kind, String target) {
        Map<SubscriptionKey, Position> keys = starts.get(new Topic(change.tenant(), kind, target));
        if (keys == null) {
            return List.of();
        }
        List<SubscriptionKey> news = new ArrayList<>(keys.size());
        keys.forEach((key, start) -> {
            if (start.isBefore(change.epoch(), change.offset())) {
                news.add(key);
            }
        });
        return news;
    }
}
