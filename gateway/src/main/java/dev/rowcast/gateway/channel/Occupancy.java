package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.protocol.ServerMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is in a channel, as the topology last said it. Does not change: what a client is told is the difference between
/// the one that it knows and the present one.
///
/// @param names of users, at most a thousand; empty where nobody may be named, or there are more
record Occupancy(int count, Set<String> names) {

    Occupancy {
        names = Set.copyOf(names);
    }

    /// @param before what was known; null for nothing
    /// @return null while nothing can be known, because what went before was missed
    static @Nullable Occupancy after(@Nullable Occupancy before, Presence presence) {
        if (presence.getFull()) {
            return new Occupancy(presence.getCount(), Set.copyOf(presence.getJoined()));
        }
        if (before == null) {
            return null;
        }
        Set<String> names = new HashSet<>(before.names);
        names.addAll(presence.getJoined());
        presence.getLeft().forEach(names::remove);
        return new Occupancy(presence.getCount(), names);
    }

    /// What to tell who knows this much.
    ///
    /// @param known empty for who knows nothing
    ServerMessage since(Optional<Occupancy> known, String channel) {
        // Where names are no longer told, or are again, nobody came or went.
        return known.filter(before -> before.names.isEmpty() == names.isEmpty())
                .map(before ->
                        new ServerMessage.Presence(channel, count, false, without(before.names), before.without(names)))
                .orElseGet(() -> new ServerMessage.Presence(channel, count, true, without(Set.of()), List.of()));
    }

    private List<String> without(Set<String> others) {
        return names.stream().filter(name -> !others.contains(name)).sorted().toList();
    }
}
