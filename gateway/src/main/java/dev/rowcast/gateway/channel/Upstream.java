package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Collection;
import java.util.List;

/// What the fan-out core asks of the topology. Never blocks; safe for use by several threads.
public interface Upstream {

    /// One subscription command.
    ///
    /// @param request the number that the answer carries
    /// @param again whether the node has counted these targets for this connection already
    record Ask(long request, Identity identity, List<Target> targets, Start start, boolean again) {}

    /// A new number for a request of this node.
    long nextRequest();

    /// Asks for deliveries.
    ///
    /// @return false when the node cannot take the request now
    boolean subscribe(Ask ask);

    /// One connection of this principal has no more need of these targets.
    void release(Identity identity, Collection<Target> targets);

    /// The tenant's partition of `rowcast.changes`.
    int partition(TenantId tenant);
}
