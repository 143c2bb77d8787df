package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Broadcasted;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.function.Predicate;

/// Does what deliveries say, on one shard. Confined to its event loop.
final class Delivering {

    private final Roster roster;
    private final Subscriptions subscriptions;
    private final Standing standing;
    private final FanOut fanOut;
    private final Watching watching;
    private final Broadcasting broadcasting;
    private final Answering answering;
    private final Revoking revoking;
    private final ShardServices services;

    Delivering(
            Roster roster,
            Subscriptions subscriptions,
            Standing standing,
            FanOut fanOut,
            Watching watching,
            Broadcasting broadcasting,
            ShardServices services) {
        this.roster = roster;
        this.subscriptions = subscriptions;
        this.standing = standing;
        this.fanOut = fanOut;
        this.watching = watching;
        this.broadcasting = broadcasting;
        this.answering = new Answering(subscriptions, standing, services);
        this.revoking = new Revoking(roster, subscriptions, standing, services);
        this.services = services;
    }

    void handle(Arrival arrival) {
        Delivery delivery = arrival.delivery();
        switch (delivery.getBody()) {
            case Attached attached -> attached(arrival, attached);
            case dev.rowcast.schemas.avro.Progress here -> advance(arrival, here.getLsn(), here.getSourceUs());
            case Frames frames
            when frames.getRequest() != null -> answering.replay(arrival, frames, frames.getRequest());
            case Frames frames -> arrival.tenant().ifPresent(tenant -> live(arrival, tenant, frames));
            case Admitted admitted -> answering.admitted(arrival, admitted);
            case Subscribed answer -> answering.subscribed(arrival, answer);
            case dev.rowcast.schemas.avro.Reset reset
            when reset.getRequest() != null -> answering.reset(reset, reset.getRequest());
            case dev.rowcast.schemas.avro.Reset reset -> reset(arrival, reset);
            case Revoked revoked -> arrival.tenant().ifPresent(tenant -> revoking.revoke(tenant, arrival, revoked));
            case Presence presence -> arrival.tenant().ifPresent(tenant -> watching.take(tenant, presence));
            case Broadcasted said -> arrival.tenant().ifPresent(tenant -> broadcasting.take(tenant, said));
            default -> {} // what a newer topology says and this node does not know
        }
    }

    /// Without its lease the node lost its subscriptions, and what happened since its last position. With it the node
    /// is where it was, and gets what comes after that.
    private void attached(Arrival arrival, Attached attached) {
        int partition = arrival.delivery().getPartition();
        if (!attached.getKnown()) {
            subscriptions.askAgain(part -> services.upstream().partition(part) == partition);
        }
        if (!attached.getKnown() || standing.of(partition) == null) {
            advance(arrival, 0, 0);
        }
    }

    private void live(Arrival arrival, TenantId tenant, Frames frames) {
        fanOut.deliver(tenant, arrival.delivery(), frames, standing.cursor(tenant, frames.getCursor()));
        standing.wrote(
                arrival.delivery().getPartition(),
                arrival.epoch(),
                frames.getFrames().getLast().getOffset());
        // Frames that do not end a transaction say nothing about the place in the WAL yet.
        long lsn = frames.getCursor() == null
                ? 0
                : frames.getFrames().stream().mapToLong(Frame::getLsn).max().orElse(0);
        advance(arrival, lsn, 0);
    }

    /// Everybody whom it concerns must refetch and goes on from here.
    private void reset(Arrival arrival, dev.rowcast.schemas.avro.Reset reset) {
        advance(arrival, 0, 0);
        int partition = arrival.delivery().getPartition();
        standing.wasReset(partition);
        Reset.Reason reason = Contract.reason(reset.getReason());
        List<Target> targets = Contract.targets(reset.getTargets());
        String toEverybody = services.codec().encode(new Reset(reason, List.of()));
        Predicate<TenantId> parts = part -> services.upstream().partition(part) == partition
                && arrival.tenant().map(part::equals).orElse(true);
        Predicate<Identity> concerned = identity ->
                services.placement().keys(identity.tenant()).stream().anyMatch(parts)
                        && (reset.getPrincipal() == null || Contract.is(identity, reset.getPrincipal()));
        for (Connection connection : roster.all()) {
            // What others watch is none of its business.
            List<Target> its = targets.stream()
                    .filter(target -> has(connection, target, parts))
                    .toList();
            boolean all = targets.isEmpty() && listens(connection, parts);
            if (concerned.test(connection.identity()) && (all || !its.isEmpty())) {
                if (reason == Reset.Reason.EPOCH) {
                    connection.memberships.values().stream()
                            .filter(member -> parts.test(member.part))
                            .forEach(Member::beginAnew);
                    connection.ahead.beginAnew();
                }
                connection.sendHere(
                        its.isEmpty() ? toEverybody : services.codec().encode(message(reason, its)));
            }
        }
    }

    private static boolean has(Connection connection, Target target, Predicate<TenantId> parts) {
        return connection.memberships.keySet().stream()
                .anyMatch(seat -> seat.target().equals(target) && parts.test(seat.part()));
    }

    /// Of a tenant that is split, a client need not care for the parts where it has nothing.
    private boolean listens(Connection connection, Predicate<TenantId> parts) {
        return !services.placement().isSplit(connection.identity().tenant())
                || connection.parts().stream().anyMatch(parts);
    }

    private static Reset message(Reset.Reason reason, List<Target> targets) {
        return new Reset(reason, targets.stream().map(Target::text).toList());
    }

    private void advance(Arrival arrival, long lsn, long sourceUs) {
        Delivery delivery = arrival.delivery();
        standing.advance(delivery.getPartition(), arrival.epoch(), delivery.getOffset(), lsn, sourceUs);
    }
}
