package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import java.util.List;
import java.util.Optional;

/// What a partition knows, for who looks on. Only on the stream thread, and nothing of it is kept beyond a call.
public interface PartitionView {

    /// How many entries are looked at in one turn, so that no change waits for long.
    int SLICE = 1_000;

    int partition();

    State state();

    /// Whether the change waits for the end of its transaction.
    boolean waits(long offset);

    /// What the change means, by what was known right before it.
    ///
    /// @throws RuntimeException when it cannot be understood
    Routed route(TenantId tenant, Change change, Position at);

    /// Whether the catalog's tables name the table.
    boolean names(String table);

    /// Who may read the channel; empty when the catalog has no such type.
    Optional<Access> access(String channel);

    /// Who is subscribed to it, with every filter, at most so many.
    ///
    /// @param who only this principal, and what a node has for all its listeners; empty for everybody
    List<Subscription> watching(TenantId tenant, TargetKind kind, String target, Optional<Who> who, int most);

    /// What a change means to who narrowed the channel by the filter: an action, or nothing where no row of it passes.
    Optional<String> narrowed(Routed.Told told, String channel, String filter);

    /// What is known of a principal in a channel, as of a place in the log and as of now.
    Standing standing(TenantId tenant, Who who, String channel, Position at);

    /// Whether the API key is known to have ended by now.
    boolean hasEnded(TenantId tenant, Who who);

    /// A tenant's subscriptions in the order of their keys, at most [#SLICE] looked at.
    ///
    /// @param after a page's last key; empty for the first page
    Page<Subscription> subscriptions(String tenant, String after);

    /// The rows that let somebody in now, in the order of their keys, at most [#SLICE] looked at.
    ///
    /// @param after a page's last key; empty for the first page
    Page<Member> members(String tenant, String after);

    /// @param last the key to go on after; empty when there is no more
    record Page<T>(List<T> found, int looked, Optional<String> last) {
        public Page {
            found = List.copyOf(found);
        }
    }

    /// @param current the last change that was processed
    /// @param settled up to where nodes have everything
    /// @param incarnations of the log, in order
    record State(
            Position current,
            Position settled,
            long journalFloor,
            int journalChanges,
            int subscriptions,
            List<Node> nodes,
            List<Position> incarnations) {}

    /// A gateway node that is attached.
    ///
    /// @param home the partition of `rowcast.deliveries` that it reads
    /// @param silentMs since it was last heard of
    record Node(String name, int home, long leaseMs, long silentMs) {}

    /// @param who empty in a channel where a node has one subscription for all its listeners
    /// @param start what comes after this is told
    /// @param attached whether its node is
    record Subscription(
            TenantId tenant,
            TargetKind kind,
            String target,
            String filter,
            String node,
            Optional<Who> who,
            Position start,
            boolean attached) {}

    /// @param row the key of the row that says it
    /// @param since the offset from which on it holds; empty when that is of an earlier incarnation of the log
    record Member(TenantId tenant, String channel, String principal, String role, String row, Optional<Long> since) {}

    /// Whether somebody is let in.
    enum Grant {
        /// As a member.
        MEMBER,
        /// As everybody of that kind.
        OPEN,
        NOT_A_MEMBER,
        /// The catalog does not open the channel to that kind of principal, or has no such channel.
        CLOSED,
        /// It is known no more.
        UNKNOWN;

        /// Whether it is let in for certain.
        public boolean isIn() {
            return this == MEMBER || this == OPEN;
        }
    }

    /// One stretch of a membership.
    ///
    /// @param since offset; empty when that is of an earlier incarnation of the log
    /// @param until the offset of the change that ended it; empty while it holds
    record Stay(String row, String role, Optional<Long> since, Optional<Long> until) {}

    /// @param then as of the place in the log
    /// @param stays every one that is known, in order
    record Standing(
            Optional<Access> access,
            Grant then,
            Optional<String> roleThen,
            Grant now,
            Optional<String> roleNow,
            List<Stay> stays) {}
}
