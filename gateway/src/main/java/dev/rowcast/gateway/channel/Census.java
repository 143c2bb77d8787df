package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.tenant.TenantId;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many are connected to this node, and why those who left did. Safe for use by several threads.
public final class Census {

    private record User(TenantId tenant, Principal principal) {}

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger sockets = new AtomicInteger();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final Map<User, Integer> users = new ConcurrentHashMap<>();
    private final MeterRegistry meters;

    public Census(MeterRegistry meters) {
        this.meters = meters;
        meters.gauge("rowcast.connections", connections);
        meters.gauge("rowcast.lingering", this, all -> Math.max(0, all.openSockets() - all.connections()));
        meters.gauge("rowcast.subscriptions", subscriptions);
        // So that they are there before the first connection ends, for alerts.
        for (CloseCode code : CloseCode.values()) {
            meters.counter("rowcast.closes", "cause", code.label());
        }
    }

    public int connections() {
        return connections.get();
    }

    /// Sockets that are still open, those included that only wait for their last bytes to leave.
    public int openSockets() {
        return sockets.get();
    }

    /// Distinct principals.
    public int users() {
        return users.size();
    }

    public int subscriptions() {
        return subscriptions.get();
    }

    void joined(Identity identity) {
        connections.incrementAndGet();
        users.merge(user(identity), 1, Integer::sum);
    }

    void left(Identity identity, CloseCause cause) {
        connections.decrementAndGet();
        users.computeIfPresent(user(identity), (user, count) -> count == 1 ? null : count - 1);
        meters.counter("rowcast.closes", "cause", cause.label()).increment();
    }

    void opened() {
        sockets.incrementAndGet();
    }

    void closed() {
        sockets.decrementAndGet();
    }

    void subscribed(int difference) {
        subscriptions.addAndGet(difference);
    }

    /// @param outcome what became of them
    void broadcast(String outcome, int count) {
        if (count > 0) {
            meters.counter("rowcast.broadcasts", "outcome", outcome).increment(count);
        }
    }

    private static User user(Identity identity) {
        return new User(identity.tenant(), identity.principal());
    }
}
