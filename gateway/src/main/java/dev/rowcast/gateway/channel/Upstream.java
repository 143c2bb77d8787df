package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Collection;
import java.util.List;

/// What the fan-out core asks of the topology. Never blocks; safe for use by several threads.
public interface Upstream {

    /// One subscription command. Several for the same channels may go as one.
    ///
    /// @param request the number that the answer carries
    /// @param identity in the part of its tenant that is asked
    /// @param again whether the node has counted these targets for this connection already
    /// @param exact whether it goes together only with those of the very same start
    /// @param keysOnly whether the client wants no rows
    /// @param connection the id of whose request it is, for logs
    record Ask(
            long request,
            Identity identity,
            List<Target> targets,
            Start start,
            boolean again,
            boolean exact,
            boolean keysOnly,
            String connection) {}

    /// The requests that went as one command.
    ///
    /// @param numbers theirs; the answer carries the first
    /// @param start the earliest of theirs, which the command had
    record Together(List<Long> numbers, long start) {}

    /// A new number for a request of this node.
    long nextRequest();

    /// Asks for deliveries.
    ///
    /// @return false when the node cannot take the request now
    boolean subscribe(Ask ask);

    /// One more connection has these targets, which another one of the same event loop has and keeps until it gives
    /// them up after this.
    ///
    /// @return false when the node cannot take it now
    boolean join(Identity identity, Collection<Target> targets);

    /// Whom an answer with this number is for.
    Together together(long number);

    /// One connection of this principal has no more need of these targets.
    void release(Identity identity, Collection<Target> targets);

    /// Tells the others of a channel something. Nobody answers.
    ///
    /// @param identity in the part of its tenant where the channel is told
    /// @param number of the connection, by which the node knows whom not to tell
    /// @param connection its id, for logs
    /// @param json one value on one line
    /// @return false when too much of it waits
    boolean broadcast(Identity identity, long number, String connection, String channel, String json);

    /// The partition of `rowcast.changes` that a tenant is in, or a part of a tenant that is split.
    int partition(TenantId part);
}
