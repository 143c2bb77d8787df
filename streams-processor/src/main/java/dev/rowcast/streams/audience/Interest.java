package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Images;
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
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// Which nodes care for what: the subscriptions turned inside out, so that a change costs what its audience costs and
/// not what all subscriptions cost. Derived, never stored, as large as the subscriptions.
final class Interest {

    private record Topic(TenantId tenant, TargetKind kind, String target, String filter) {
        static Topic of(SubscriptionKey key) {
            return new Topic(key.tenant(), key.kind(), key.target(), key.filter());
        }

        Target toTarget() {
            return new Target(kind, target, filter);
        }
    }

    private record Channel(TenantId tenant, String name) {}

    private final Admission admission;
    private final Map<Topic, Map<String, Map<SubscriptionKey, Position>>> startsByNode = new HashMap<>();
    private final Map<Channel, Filters> filters = new HashMap<>();

    Interest(Admission admission) {
        this.admission = admission;
    }

    void put(SubscriptionKey key, Position start) {
        startsByNode
                .computeIfAbsent(Topic.of(key), unseen -> new LinkedHashMap<>())
                .computeIfAbsent(key.node(), unseen -> new LinkedHashMap<>())
                .put(key, start);
        if (!key.filter().isEmpty()) {
            filters.computeIfAbsent(new Channel(key.tenant(), key.target()), unseen -> new Filters())
                    .add(key.filter());
        }
    }

    void remove(SubscriptionKey key) {
        startsByNode.computeIfPresent(Topic.of(key), (topic, nodes) -> {
            nodes.computeIfPresent(key.node(), (node, keys) -> {
                keys.remove(key);
                return keys.isEmpty() ? null : keys;
            });
            return nodes.isEmpty() ? null : nodes;
        });
        if (!key.filter().isEmpty() && !startsByNode.containsKey(Topic.of(key))) {
            filters.computeIfPresent(new Channel(key.tenant(), key.target()), (channel, some) -> {
                some.remove(key.filter());
                return some.isEmpty() ? null : some;
            });
        }
    }

    /// The nodes to which the change is news, each with what it is to be told.
    ///
    /// @throws TooLongAgoException when it is known no more who was a member then
    Map<String, Wanted> wanted(LoggedChange change, Routed.Told told) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        for (String channel : told.audience().all()) {
            nodes(change.tenant(), TargetKind.CHANNEL, channel, "").forEach((node, keys) -> {
                if (isNews(change, channel, keys)) {
                    wanted.computeIfAbsent(node, unseen -> new Wanted()).channel(channel);
                }
            });
        }
        narrowed(change, told, wanted);
        told.entity()
                .ifPresent(entity -> nodes(change.tenant(), TargetKind.ENTITY, entity, "")
                        .forEach((node, keys) -> keys.forEach((key, start) -> {
                            if (isNews(change, start)) {
                                wanted.computeIfAbsent(node, unseen -> new Wanted())
                                        .subscriber(key.subscriber().orElseThrow());
                            }
                        })));
        return wanted;
    }

    /// Rows are looked at only where somebody asked for some of them.
    private void narrowed(LoggedChange change, Routed.Told told, Map<String, Wanted> wanted) {
        if (filters.isEmpty()) {
            return;
        }
        Optional<Images> images = Optional.empty();
        for (String channel : told.audience().all()) {
            Filters some = filters.get(new Channel(change.tenant(), channel));
            if (some != null) {
                images = images.or(told::images);
                images.ifPresent(row -> some.candidates(row)
                        .forEach(filter -> Narrowed.of(row, told.audience(), channel, filter)
                                .ifPresent(meaning -> narrowed(change, channel, filter, meaning, wanted))));
            }
        }
    }

    private void narrowed(
            LoggedChange change, String channel, Filter filter, Narrowed meaning, Map<String, Wanted> wanted) {
        Target target = new Target(TargetKind.CHANNEL, channel, filter.canonical());
        nodes(change.tenant(), TargetKind.CHANNEL, channel, filter.canonical()).forEach((node, keys) -> {
            if (isNews(change, channel, keys)) {
                wanted.computeIfAbsent(node, unseen -> new Wanted()).narrowed(meaning, target);
            }
        });
    }

    /// What one node has subscribed in one tenant.
    record Held(TenantId tenant, String node, Set<Target> targets) {}

    /// What the nodes have subscribed, as far as it matches. Walks all subscriptions: for what is rare.
    ///
    /// @param whose of which tenants
    Collection<Held> held(Predicate<TenantId> whose, Predicate<Target> matching) {
        Map<List<Object>, Held> held = new LinkedHashMap<>();
        startsByNode.forEach((topic, nodes) -> {
            Target target = topic.toTarget();
            if (whose.test(topic.tenant()) && matching.test(target)) {
                nodes.keySet()
                        .forEach(node -> held.computeIfAbsent(
                                        List.of(topic.tenant(), node),
                                        unseen -> new Held(topic.tenant(), node, new LinkedHashSet<>()))
                                .targets()
                                .add(target));
            }
        });
        return held.values();
    }

    /// The principal's own subscriptions to a channel, with every filter, on all nodes.
    List<SubscriptionKey> of(TenantId tenant, String channel, Subscriber subscriber) {
        List<SubscriptionKey> found = new ArrayList<>();
        for (String filter : filtersOf(tenant, channel)) {
            nodes(tenant, TargetKind.CHANNEL, channel, filter).forEach((node, keys) -> {
                SubscriptionKey key =
                        new SubscriptionKey(tenant, TargetKind.CHANNEL, channel, filter, node, Optional.of(subscriber));
                if (keys.containsKey(key)) {
                    found.add(key);
                }
            });
        }
        return found;
    }

    /// Shows every node's subscriptions to a channel; a node comes once for each filter.
    void keys(TenantId tenant, String channel, BiConsumer<String, Set<SubscriptionKey>> see) {
        for (String filter : filtersOf(tenant, channel)) {
            nodes(tenant, TargetKind.CHANNEL, channel, filter).forEach((node, keys) -> see.accept(node, keys.keySet()));
        }
    }

    /// The empty one, and those with which somebody subscribed to the channel.
    private List<String> filtersOf(TenantId tenant, String channel) {
        List<String> texts = new ArrayList<>(List.of(""));
        Filters some = filters.get(new Channel(tenant, channel));
        if (some != null) {
            some.all().forEach(filter -> texts.add(filter.canonical()));
        }
        return texts;
    }

    /// Who wants the channel or the entity, with every filter, and from where on.
    ///
    /// @param matching which of them
    /// @param most how many at most
    Map<SubscriptionKey, Position> watching(
            TenantId tenant, TargetKind kind, String target, Predicate<SubscriptionKey> matching, int most) {
        List<String> texts = kind == TargetKind.CHANNEL ? filtersOf(tenant, target) : List.of("");
        Map<SubscriptionKey, Position> found = new LinkedHashMap<>();
        for (String filter : texts) {
            for (Map<SubscriptionKey, Position> keys :
                    nodes(tenant, kind, target, filter).values()) {
                for (Map.Entry<SubscriptionKey, Position> each : keys.entrySet()) {
                    if (found.size() == most) {
                        return found;
                    }
                    if (matching.test(each.getKey())) {
                        found.put(each.getKey(), each.getValue());
                    }
                }
            }
        }
        return found;
    }

    /// A channel goes to a node once, so one listener there who may have it is enough: usually the first.
    private boolean isNews(LoggedChange change, String channel, Map<SubscriptionKey, Position> keys) {
        for (Map.Entry<SubscriptionKey, Position> each : keys.entrySet()) {
            if (isNews(change, each.getValue())
                    && each.getKey()
                            .subscriber()
                            .map(who -> admission.admits(change.tenant(), who, channel, change))
                            .orElse(true)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNews(LoggedChange change, Position start) {
        return start.isBefore(change.epoch(), change.offset());
    }

    private Map<String, Map<SubscriptionKey, Position>> nodes(
            TenantId tenant, TargetKind kind, String target, String filter) {
        return startsByNode.getOrDefault(new Topic(tenant, kind, target, filter), Map.of());
    }
}
