package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is to be told of a change: the channels that are subscribed, those with a filter to which it means something,
/// and who subscribed to the entity itself.
final class Wanted {

    private final Set<String> channels = new LinkedHashSet<>(2);
    private final Map<Narrowed, Set<Target>> narrowed = new HashMap<>(2);
    private final List<Subscriber> subscribers = new ArrayList<>();

    Wanted channel(String channel) {
        channels.add(channel);
        return this;
    }

    /// @param target the channel with its filter
    Wanted narrowed(Narrowed meaning, Target target) {
        narrowed.computeIfAbsent(meaning, unseen -> new LinkedHashSet<>()).add(target);
        return this;
    }

    Wanted subscriber(Subscriber subscriber) {
        subscribers.add(subscriber);
        return this;
    }

    Set<String> channels() {
        return channels;
    }

    /// The filtered channels to which the change means this.
    List<Target> narrowed(Action action, boolean byKey) {
        return narrowed.isEmpty()
                ? List.of()
                : List.copyOf(narrowed.getOrDefault(new Narrowed(action, byKey), Set.of()));
    }

    List<Subscriber> subscribers() {
        return subscribers;
    }

    /// Whether the same channels are wanted, narrowed by the same filters, and nothing that depends on who asks.
    boolean isOfSameChannelsAs(Wanted other) {
        return subscribers.isEmpty()
                && other.subscribers.isEmpty()
                && channels.equals(other.channels)
                && narrowed.equals(other.narrowed);
    }
}
