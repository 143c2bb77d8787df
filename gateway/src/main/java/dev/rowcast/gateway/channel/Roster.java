package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The connections of one event loop, all of them and by who they are. Confined to the loop.
final class Roster {

    private record User(TenantId tenant, Principal principal) {}

    private final Set<Connection> connections = new HashSet<>();
    private final Map<User, Set<Connection>> byUser = new HashMap<>();

    void add(Connection connection) {
        connections.add(connection);
        byUser.computeIfAbsent(user(connection), unseen -> new HashSet<>(2)).add(connection);
    }

    /// @return whether it was there
    boolean remove(Connection connection) {
        byUser.computeIfPresent(user(connection), (user, theirs) -> {
            theirs.remove(connection);
            return theirs.isEmpty() ? null : theirs;
        });
        return connections.remove(connection);
    }

    /// As they are now.
    List<Connection> all() {
        return List.copyOf(connections);
    }

    /// Always the current ones.
    Collection<Connection> current() {
        return Collections.unmodifiableCollection(connections);
    }

    /// Those of one principal, as they are now.
    List<Connection> of(TenantId tenant, Principal principal) {
        return List.copyOf(byUser.getOrDefault(new User(tenant, principal), Set.of()));
    }

    private static User user(Connection connection) {
        Identity identity = connection.identity();
        return new User(identity.tenant(), identity.principal());
    }
}
