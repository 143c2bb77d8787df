package dev.rowcast.gateway.auth;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;

/// The tickets that were used on this node and would be good otherwise. When there is no room to remember one more,
/// none is taken: that fails closed. Safe for use by several threads.
final class UsedTickets {

    /// What came of using a ticket.
    enum Use {
        FIRST,
        AGAIN,
        TOO_MANY
    }

    private record Used(UUID id, TenantId tenant, Instant forget) {}

    private final int most;
    private final int mostOfTenant;
    private final Duration remember;
    private final Set<UUID> ids = new HashSet<>();
    private final Queue<Used> inOrder = new ArrayDeque<>();
    private final Map<TenantId, Integer> ofTenant = new HashMap<>();

    /// @param most in all
    /// @param mostOfTenant so that one tenant does not take the others' room
    /// @param remember at least as long as a ticket lives
    UsedTickets(int most, int mostOfTenant, Duration remember) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
        this.remember = remember;
    }

    synchronized Use use(UUID id, TenantId tenant, Instant now) {
        forget(now);
        if (ids.contains(id)) {
            return Use.AGAIN;
        }
        if (ids.size() >= most || ofTenant.getOrDefault(tenant, 0) >= mostOfTenant) {
            return Use.TOO_MANY;
        }
        ids.add(id);
        inOrder.add(new Used(id, tenant, now.plus(remember)));
        ofTenant.merge(tenant, 1, Integer::sum);
        return Use.FIRST;
    }

    private void forget(Instant now) {
        for (Used oldest = inOrder.peek(); oldest != null && !now.isBefore(oldest.forget()); oldest = inOrder.peek()) {
            inOrder.remove();
            ids.remove(oldest.id());
            ofTenant.computeIfPresent(oldest.tenant(), (tenant, count) -> count == 1 ? null : count - 1);
        }
    }
}
