package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Takes back what a principal had, in its place among the deliveries: nothing later reaches the client. A topology
/// that reads its input again repeats itself, so what was let in as of a later position than the revocation stays.
/// Confined to the event loop.
final class Revoking {

    private final Roster roster;
    private final Subscriptions subscriptions;
    private final Standing standing;
    private final ShardServices services;

    Revoking(Roster roster, Subscriptions subscriptions, Standing standing, ShardServices services) {
        this.roster = roster;
        this.subscriptions = subscriptions;
        this.standing = standing;
        this.services = services;
    }

    /// @param part of the principal's tenant in which it happened; the tenant, where that is not split
    void revoke(TenantId part, Arrival arrival, Revoked revoked) {
        TenantId tenant = services.placement().tenant(part);
        long at = arrival.delivery().getOffset();
        List<Target> targets = Contract.targets(revoked.getTargets());
        Contract.principal(revoked.getPrincipal()).stream()
                .flatMap(who -> roster.of(tenant, who).stream())
                .forEach(connection -> {
                    if (targets.isEmpty()) {
                        endCredential(connection, part, at);
                    } else {
                        revoke(connection, part, targets, at);
                    }
                });
    }

    private void revoke(Connection connection, TenantId part, List<Target> targets, long at) {
        List<Target> ended = subscriptions.revoke(connection, part, targets, at);
        if (!ended.isEmpty()) {
            if (isPast(part, at)) {
                connection.uncovered.add(ended);
            }
            // Who may not have a channel is told so once, whatever filters it had.
            List<Target> named = ended.stream()
                    .flatMap(target ->
                            targets.stream().filter(each -> each.covers(target)).limit(1))
                    .distinct()
                    .toList();
            // With this cursor it misses nothing should it come back, and with each later one it may.
            connection.sendHere(services.codec().encode(message(named)));
            connection.uncovered.add(ended);
        }
    }

    /// Whether the node was told something of that position or a later one before.
    private boolean isPast(TenantId part, long at) {
        Progress here = standing.of(part);
        return here == null || here.offset() >= at;
    }

    static ServerMessage message(List<Target> targets) {
        return new ServerMessage.Revoked(
                targets.stream().map(Target::text).toList(), ServerMessage.Revoked.Reason.MEMBERSHIP);
    }

    /// A connection that has nothing yet gets nothing: the topology refuses what it asks for.
    private void endCredential(Connection connection, TenantId part, long at) {
        boolean has = connection.memberships.values().stream().anyMatch(member -> member.part.equals(part))
                || connection.requests().stream()
                        .filter(request -> request.part().equals(part))
                        .anyMatch(request -> request.told().asOf() >= 0
                                || request.told().replayed().isPresent());
        if (has && asOf(connection, part).noneMatch(later -> later > at)) {
            connection.sendHere(services.codec()
                    .encode(new ServerMessage.Error(
                            ErrorCode.CREDENTIAL_REVOKED.meaning(), ErrorCode.CREDENTIAL_REVOKED)));
            connection.close(CloseCode.CREDENTIAL_REVOKED);
        }
    }

    /// The positions as of which the topology let it have something.
    private static LongStream asOf(Connection connection, TenantId part) {
        return Stream.concat(
                        connection.memberships.values().stream()
                                .filter(member -> member.part.equals(part))
                                .map(member -> member.asOf),
                        connection.requests().stream()
                                .filter(request -> request.part().equals(part))
                                .map(request -> request.told().asOf()))
                .mapToLong(Long::longValue);
    }
}
