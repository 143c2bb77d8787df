package dev.rowcast.bench.topology;

import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Detach;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// A gateway as the topology sees it.
///
/// @param home the partition of the deliveries that it reads
record Node(String name, int home, Outlet<GatewayCommand> commands) {

    private static final AtomicLong REQUESTS = new AtomicLong();
    private static final long LEASE_MS = 3_600_000;

    void attach(String tenant) {
        send(tenant, new Attach(LEASE_MS));
    }

    void detach(String tenant) {
        send(tenant, new Detach());
    }

    /// @return the request's number; no two nodes have the same
    long subscribe(String tenant, String user, List<String> channels, Start start, List<String> others) {
        List<Target> targets = channels.stream()
                .map(channel -> new Target(TargetKind.CHANNEL, channel, ""))
                .toList();
        return subscribeTo(tenant, user, targets, start, others);
    }

    /// @return the request's number
    long subscribeTo(String tenant, String user, List<Target> targets, Start start, List<String> others) {
        long request = REQUESTS.incrementAndGet();
        List<Principal> further = others.stream().map(Node::principal).toList();
        send(tenant, new Subscribe(request, principal(user), targets, start, further, false));
        return request;
    }

    /// This node's share of so many users, the node being one of several.
    List<String> share(int users, int nodes) {
        return IntStream.range(0, users)
                .filter(user -> user % nodes == home)
                .mapToObj(user -> "user-" + user)
                .toList();
    }

    private static Principal principal(String user) {
        return new Principal(user, PrincipalKind.USER);
    }

    private void send(String tenant, Object body) {
        commands.send(tenant, new GatewayCommand(name, home, 0L, body));
    }
}
