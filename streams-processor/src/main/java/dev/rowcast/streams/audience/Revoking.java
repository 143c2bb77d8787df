package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.grants.Grants;
import dev.rowcast.streams.grants.Revocation;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.ordering.Position;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Keeps the grants, and tells the nodes who lost something before anything that is of the same position or later.
final class Revoking {

    private final Grants grants;
    private final Partition partition;
    private final Outbox outbox;
    private final LongSupplier wallClockMs;

    Revoking(Grants grants, Partition partition, Outbox outbox, LongSupplier wallClockMs) {
        this.grants = grants;
        this.partition = partition;
        this.outbox = outbox;
        this.wallClockMs = wallClockMs;
    }

    private record Concerned(TenantId tenant, Subscriber subscriber) {}

    /// What a change does to the grants.
    record Taken(Moment at, Set<Revocation> revocations) {
        boolean revokes() {
            return !revocations.isEmpty();
        }
    }

    /// Takes note of a change. Now is still right before it, until [#advance].
    ///
    /// @param tenant empty in what is no single tenant's
    Taken take(Optional<TenantId> tenant, Object body, Position position) {
        Moment at = partition.epochs().see(position);
        grants.advance(at.previous());
        return new Taken(
                at,
                switch (body) {
                    case SnapshotMark mark -> mark(mark, at, position);
                    case RowChange row -> apply(tenant, row, at);
                    default -> Set.of();
                });
    }

    /// A change was lost: nobody is known to be a member any more.
    ///
    /// @param tenant whose it was; empty when it may have been anybody's
    Taken suspend(Optional<TenantId> tenant, Position position) {
        Moment at = partition.epochs().see(position);
        grants.advance(at.previous());
        return new Taken(at, grants.suspend(tenant, at));
    }

    void advance(Taken taken) {
        grants.advance(taken.at());
    }

    private Set<Revocation> mark(SnapshotMark mark, Moment at, Position position) {
        if (mark.getPhase() == SnapshotPhase.BEGAN) {
            partition.snapshots().begin(at, position);
        }
        return mark.getPhase() == SnapshotPhase.ENDED
                ? partition
                        .snapshots()
                        .beganBefore(at)
                        .map(began -> grants.endSnapshot(began, at))
                        .orElse(Set.of())
                : Set.of();
    }

    private Set<Revocation> apply(Optional<TenantId> tenant, RowChange row, Moment at) {
        try {
            return grants.apply(tenant, row, at);
        } catch (IllegalArgumentException e) {
            throw new UnprocessableException(e);
        }
    }

    /// Told to every node, because a subscription may have been lost with what a task died of that the node knows of;
    /// and told again when input is read again. Receivers drop it when it is no news to them.
    void tell(Taken taken, Position position) {
        Map<Concerned, Set<Target>> lost = new LinkedHashMap<>();
        for (Revocation revocation : taken.revocations()) {
            switch (revocation) {
                case Revocation.OfMembership(TenantId tenant, String channel, String principal) -> {
                    Target whole = new Target(TargetKind.CHANNEL, channel, "");
                    for (Subscriber subscriber : List.of(user(principal), key(principal))) {
                        lost.computeIfAbsent(new Concerned(tenant, subscriber), unseen -> new LinkedHashSet<>())
                                .add(whole);
                    }
                    partition
                            .subscriptions()
                            .revoke(tenant, channel, principal, wallClockMs.getAsLong())
                            .forEach(each -> lost.computeIfAbsent(
                                            new Concerned(
                                                    tenant, each.subscriber().orElseThrow()),
                                            unseen -> new LinkedHashSet<>())
                                    .add(each.toTarget()));
                }
                case Revocation.OfKey(TenantId tenant, String id) -> {
                    partition.subscriptions().revoke(tenant, key(id), wallClockMs.getAsLong());
                    tell(position, new Concerned(tenant, key(id)), List.of());
                }
            }
        }
        lost.forEach((concerned, targets) -> tell(position, concerned, List.copyOf(targets)));
    }

    private void tell(Position position, Concerned concerned, List<Target> targets) {
        Revoked revoked = new Revoked(concerned.subscriber().toPrincipal(), targets);
        partition
                .nodes()
                .attached()
                .forEach(node -> outbox.deliver(node, Optional.of(concerned.tenant()), position, revoked));
    }

    private static Subscriber user(String id) {
        return new Subscriber(PrincipalKind.USER, id);
    }

    private static Subscriber key(String id) {
        return new Subscriber(PrincipalKind.KEY, id);
    }
}
