package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is in the channels that the connections of one event loop have, and which of these connections are told. Known
/// of a channel as long as any of them has it. Confined to the loop.
///
/// A connection that is slow is told later, and then only the latest.
final class Watching {

    private record Key(TenantId tenant, String channel) {}

    /// One channel.
    private static final class Room {
        final Map<Connection, Watcher> watchers = new LinkedHashMap<>();
        int members;

        @Nullable
        Occupancy occupancy;
    }

    /// One connection that is told.
    private static final class Watcher {
        int memberships;

        @Nullable
        Occupancy told;
    }

    private final ShardServices services;
    private final Map<Key, Room> rooms = new HashMap<>();
    private final Set<Key> behind = new HashSet<>();

    Watching(ShardServices services) {
        this.services = services;
    }

    /// Whether this is the part of the tenant in which it is told who is in the channel.
    private boolean isHome(Member member) {
        return member.part.equals(home(member.connection, member.target));
    }

    private TenantId home(Connection connection, Target target) {
        return target.parts(services.placement(), connection.identity().tenant())
                .getFirst();
    }

    void add(Member member) {
        if (services.membersOnly().hasPresence(member.target) && isHome(member)) {
            Room room = rooms.computeIfAbsent(key(member), unseen -> new Room());
            room.members++;
            if (member.wish.presence()) {
                room.watchers.computeIfAbsent(member.connection, unseen -> new Watcher()).memberships++;
            }
        }
    }

    void remove(Member member) {
        Room room = rooms.get(key(member));
        if (room == null || member.target.kind() != Target.Kind.CHANNEL || !isHome(member)) {
            return;
        }
        if (member.wish.presence()) {
            room.watchers.computeIfPresent(
                    member.connection, (connection, watcher) -> --watcher.memberships == 0 ? null : watcher);
        }
        if (--room.members == 0) {
            rooms.remove(key(member));
        }
    }

    /// The connection begins anew with these, so it is told everything as soon as that is known.
    void begin(Connection connection, Collection<Target> targets) {
        for (Target target : targets) {
            Key key = new Key(home(connection, target), target.name());
            Room room = rooms.get(key);
            Watcher watcher =
                    room == null || target.kind() != Target.Kind.CHANNEL ? null : room.watchers.get(connection);
            if (room != null && watcher != null) {
                watcher.told = null;
                tell(key, room, List.of(connection));
            }
        }
    }

    /// What the topology says. What is said of a channel before everything was said of it is not understood, and
    /// everything follows.
    void take(TenantId tenant, Presence presence) {
        Key key = new Key(tenant, presence.getChannel());
        Room room = rooms.get(key);
        if (room != null) {
            room.occupancy = Occupancy.after(room.occupancy, presence);
            tell(key, room, room.watchers.keySet());
        }
    }

    /// Tells those who were too slow.
    void catchUp() {
        List<Key> keys = List.copyOf(behind);
        behind.clear();
        for (Key key : keys) {
            Room room = rooms.get(key);
            if (room != null) {
                tell(key, room, room.watchers.keySet());
            }
        }
    }

    private void tell(Key key, Room room, Collection<Connection> connections) {
        Occupancy now = room.occupancy;
        if (now == null) {
            return;
        }
        Map<Optional<Occupancy>, Rendered> rendered = new HashMap<>();
        for (Connection connection : connections) {
            Watcher watcher = room.watchers.get(connection);
            if (watcher == null || now.equals(watcher.told)) {
                continue;
            }
            if (!connection.isQuick()) {
                behind.add(key);
                continue;
            }
            Rendered message = rendered.computeIfAbsent(
                    Optional.ofNullable(watcher.told),
                    known -> Rendered.of(services.codec().encode(now.since(known, key.channel())), Optional.empty()));
            connection.tell(message, false, false);
            watcher.told = now;
        }
    }

    private static Key key(Member member) {
        return new Key(member.part, member.target.name());
    }
}
