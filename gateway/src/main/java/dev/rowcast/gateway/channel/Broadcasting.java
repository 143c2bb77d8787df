package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Broadcasted;
import dev.rowcast.schemas.protocol.JsonFragment;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What clients tell the others of a channel, on one event loop. A connection gets it once, whatever its filters, and
/// not at all while it is slow: nothing of it is kept for later. As large as the subscriptions of channels in which
/// that is allowed.
final class Broadcasting {

    private record Key(TenantId part, String channel) {}

    private final ShardServices services;
    /// How often each connection is in the channel.
    private final Map<Key, Map<Connection, Integer>> listeners = new HashMap<>();

    Broadcasting(ShardServices services) {
        this.services = services;
    }

    void add(Member member) {
        if (listens(member)) {
            listeners
                    .computeIfAbsent(key(member), unseen -> new LinkedHashMap<>())
                    .merge(member.connection, 1, Integer::sum);
        }
    }

    void remove(Member member) {
        if (listens(member)) {
            listeners.computeIfPresent(key(member), (key, connections) -> {
                connections.computeIfPresent(member.connection, (connection, count) -> count == 1 ? null : count - 1);
                return connections.isEmpty() ? null : connections;
            });
        }
    }

    /// Between two long-polls it would be lost.
    private boolean listens(Member member) {
        return services.membersOnly().hasBroadcast(member.target)
                && member.connection.form() != Form.LONG_POLL
                && member.part.equals(home(member.connection, member.target));
    }

    private TenantId home(Connection connection, Target target) {
        return target.parts(services.placement(), connection.identity().tenant())
                .getFirst();
    }

    /// Sends what a client says on its way.
    ///
    /// @param number of the connection, which will not be told
    /// @return false when too much waits
    boolean send(Connection connection, long number, String channel, String json) {
        TenantId part = home(connection, Target.channel(channel));
        boolean taken =
                services.upstream().broadcast(connection.identity().in(part), number, connection.id(), channel, json);
        services.census().broadcast(taken ? "sent" : "refused", 1);
        return taken;
    }

    /// What the topology says that somebody said.
    void take(TenantId part, Broadcasted said) {
        Map<Connection, Integer> connections = listeners.get(new Key(part, said.getChannel()));
        if (connections == null) {
            return;
        }
        Optional<String> from = Optional.of(said.getPrincipal()).filter(name -> !name.isEmpty());
        Rendered message = Rendered.of(
                services.codec()
                        .encode(new ServerMessage.Broadcast(
                                said.getChannel(), from, JsonFragment.trusted(said.getMessage()))),
                Optional.empty());
        int written = 0;
        int dropped = 0;
        for (Connection connection : connections.keySet()) {
            if (said.getRequest() != null && connection.hasNumber(said.getRequest())) {
                continue;
            }
            if (connection.isQuick()) {
                connection.tell(message, false, false);
                written++;
            } else {
                dropped++;
            }
        }
        services.census().broadcast("written", written);
        services.census().broadcast("dropped", dropped);
    }

    private static Key key(Member member) {
        return new Key(member.part, member.target.name());
    }
}
