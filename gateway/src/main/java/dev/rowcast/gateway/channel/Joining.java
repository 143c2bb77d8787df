package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Whether a connection may have channels without asking, because another one of this event loop has them. Four
/// things must hold, or the topology is asked:
///
/// - It starts at the loop's own position, and nothing of what comes after that was written yet, and no reset that may
///   be of what comes after it. What follows is written to the other member, and so to it: from here on both are the
///   same.
/// - The topology let the other one in for what is true of this one as well: the channel is open to its kind of
///   principal. With members nobody speaks for another.
/// - A key can be revoked. The topology tells of the keys that it knows on this node, so it must be the same key.
/// - In a channel with presence the topology has to know who is there, so it must be the same principal.
final class Joining {

    /// Looked at in a room; in a larger one the first few are as good as any.
    private static final int MOST_LOOKED_AT = 8;

    private final Index index;
    private final Standing standing;
    private final ShardServices services;

    Joining(Index index, Standing standing, ShardServices services) {
        this.index = index;
        this.standing = standing;
        this.services = services;
    }

    boolean may(
            Connection connection, TenantId part, Collection<Target> targets, Optional<Start> cursor, Progress here) {
        int partition = services.upstream().partition(part);
        return standing.isWhole(partition)
                && !standing.isAtReset(partition)
                && cursor.map(start -> start.epoch().equals(here.epoch()) && start.offset() == here.offset())
                        .orElse(true)
                && targets.stream().allMatch(target -> isHere(connection, part, target, here));
    }

    private boolean isHere(Connection connection, TenantId part, Target target, Progress here) {
        if (target.kind() != Target.Kind.CHANNEL || services.membersOnly().is(target)) {
            return false;
        }
        List<Member> members = index.channel(part, target.text());
        return members.subList(0, Math.min(MOST_LOOKED_AT, members.size())).stream()
                .anyMatch(member -> member.from <= here.offset() && speaksFor(member, connection, target));
    }

    private boolean speaksFor(Member member, Connection connection, Target target) {
        Principal theirs = member.connection.identity().principal();
        Principal mine = connection.identity().principal();
        boolean same =
                mine.kind() == Principal.Kind.KEY || services.membersOnly().hasPresence(target);
        return theirs.kind() == mine.kind() && (!same || theirs.equals(mine));
    }
}
