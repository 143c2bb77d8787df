package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Connections of one event loop that have ended, but whose clients have not taken the last bytes yet. Confined to the
/// loop.
final class Lingering {

    private final Set<Connection> all = new HashSet<>();

    void add(Connection connection) {
        all.add(connection);
    }

    void remove(Connection connection) {
        all.remove(connection);
    }

    boolean contains(Connection connection) {
        return all.contains(connection);
    }

    List<Connection> all() {
        return List.copyOf(all);
    }

    /// Closes those that match at once.
    void cut(Predicate<Identity> which) {
        all().stream()
                .filter(connection -> which.test(connection.identity()))
                .forEach(connection -> connection.outgoing().cut());
    }
}
