package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Does what deliveries say, on one shard. Confined to its event loop.
final class Delivering {

    private final Collection<Connection> connections;
    private final Subscriptions subscriptions;
    private final Standing standing;
    private final FanOut fanOut;
    private final ShardServices services;

    /// @param connections of the loop, always the current ones
    Delivering(
            Collection<Connection> connections,
            Subscriptions subscriptions,
            Standing standing,
            FanOut fanOut,
            ShardServices services) {
        this.connections = connections;
        this.subscriptions = subscriptions;
        this.standing = standing;
        this.fanOut = fanOut;
        this.services = services;
    }

    void handle(Arrival arrival) {
        Delivery delivery = arrival.delivery();
        switch (delivery.getBody()) {
            case Attached attached -> attached(arrival, attached);
            case dev.rowcast.schemas.avro.Progress here -> advance(arrival, here.getLsn(), here.getSourceUs());
            case Frames frames when frames.getRequest() != null -> replay(arrival, frames, frames.getRequest());
            case Frames frames -> arrival.tenant().ifPresent(tenant -> live(arrival, tenant, frames));
            case Subscribed answer -> subscribed(arrival, answer);
            case dev.rowcast.schemas.avro.Reset reset
            when reset.getRequest() != null -> resetRequest(reset, reset.getRequest());
            case dev.rowcast.schemas.avro.Reset reset -> reset(arrival, reset);
            case Revoked revoked -> arrival.tenant().ifPresent(tenant -> revoke(tenant, revoked));
            default -> {} // what a newer topology says and this node does not know
        }
    }

    /// Without its lease the node lost its subscriptions, and what happened since its last position.
    private void attached(Arrival arrival, Attached attached) {
        if (!attached.getKnown()) {
            subscriptions.askAgain(tenant ->
                    services.upstream().partition(tenant) == arrival.delivery().getPartition());
        }
        advance(arrival, 0, 0);
    }

    private void live(Arrival arrival, TenantId tenant, Frames frames) {
        fanOut.deliver(tenant, arrival.delivery(), frames);
        // Frames that do not end a transaction say nothing about the place in the WAL yet.
        long lsn = frames.getCursor() == null
                ? 0
                : frames.getFrames().stream().mapToLong(Frame::getLsn).max().orElse(0);
        advance(arrival, lsn, 0);
    }

    /// What the asker missed; nobody else gets it.
    private void replay(Arrival arrival, Frames frames, long number) {
        Request request = subscriptions.find(number);
        if (request == null) {
            return;
        }
        Connection connection = request.connection();
        boolean onlyResume = connection.resumes == (request.resume() ? 1 : 0);
        Start start = request.start();
        boolean comparable = start.epoch().equals(arrival.epoch());
        List<Frame> missed = frames.getFrames().stream()
                .filter(frame -> !comparable || frame.getOffset() > start.offset())
                .toList();
        for (int i = 0; i < missed.size(); i++) {
            boolean last = i == missed.size() - 1;
            if (!last && LiveFrame.areOfTheSameRow(missed.get(i), missed.get(i + 1))) {
                continue;
            }
            Optional<String> cursor = last ? Optional.ofNullable(frames.getCursor()) : Optional.empty();
            Rendered frame = Rendered.of(services.alloc(), missed.get(i), cursor);
            connection.write(frame, request.rows(), onlyResume);
            frame.release();
        }
        // Should it have to be asked again, then from here.
        long reached = arrival.delivery().getOffset();
        if (!comparable || reached > start.offset()) {
            subscriptions.replace(request.from(new Start(arrival.epoch(), reached)));
        }
    }

    private void subscribed(Arrival arrival, Subscribed answer) {
        Request request = subscriptions.find(answer.getRequest());
        if (request == null) {
            return;
        }
        Delivery delivery = arrival.delivery();
        Progress here = standing.of(delivery.getPartition());
        if (here != null && here.epoch().equals(arrival.epoch()) && delivery.getOffset() < here.offset()) {
            // The topology reads its input again and is behind this node, which drops what it has had; the new
            // subscriber has not. It asks again until the topology has caught up.
            subscriptions.askLater(request);
            return;
        }
        boolean comparable = request.start().epoch().equals(arrival.epoch());
        long from = comparable ? Math.max(delivery.getOffset(), request.start().offset()) : delivery.getOffset();
        subscriptions.admit(
                request,
                Contract.targets(answer.getAccepted()),
                Contract.targets(answer.getRejected()),
                from,
                answer.getCursor());
    }

    private void resetRequest(dev.rowcast.schemas.avro.Reset reset, long number) {
        Request request = subscriptions.find(number);
        if (request != null) {
            request.answers().reset(Contract.reason(reset.getReason()), Contract.targets(reset.getTargets()));
        }
    }

    /// Everybody whom it concerns must refetch and goes on from here.
    private void reset(Arrival arrival, dev.rowcast.schemas.avro.Reset reset) {
        advance(arrival, 0, 0);
        int partition = arrival.delivery().getPartition();
        Reset.Reason reason = Contract.reason(reset.getReason());
        List<Target> targets = Contract.targets(reset.getTargets());
        String message = services.codec()
                .encode(new Reset(reason, targets.stream().map(Target::text).toList()));
        Predicate<Identity> concerned = identity -> services.upstream().partition(identity.tenant()) == partition
                && arrival.tenant().map(identity.tenant()::equals).orElse(true)
                && (reset.getPrincipal() == null || is(identity, reset.getPrincipal()));
        for (Connection connection : List.copyOf(connections)) {
            if (concerned.test(connection.identity()) && (targets.isEmpty() || hasAny(connection, targets))) {
                if (reason == Reset.Reason.EPOCH) {
                    connection.memberships.values().forEach(member -> member.from = -1);
                }
                connection.sendHere(message);
            }
        }
    }

    /// The principal may no longer see these.
    private void revoke(TenantId tenant, Revoked revoked) {
        List<Target> targets = Contract.targets(revoked.getTargets());
        String message = services.codec()
                .encode(new ServerMessage.Revoked(
                        targets.stream().map(Target::text).toList(), ServerMessage.Revoked.Reason.MEMBERSHIP));
        for (Connection connection : List.copyOf(connections)) {
            if (connection.identity().tenant().equals(tenant) && is(connection.identity(), revoked.getPrincipal())) {
                Set<Target> ended = new LinkedHashSet<>(connection.memberships.keySet());
                ended.removeIf(target -> targets.stream().noneMatch(each -> each.covers(target)));
                if (!ended.isEmpty()) {
                    subscriptions.unsubscribe(connection, ended);
                    connection.sendHere(message);
                }
            }
        }
    }

    private static boolean is(Identity identity, dev.rowcast.schemas.avro.Principal principal) {
        Optional<Principal> who = Contract.principal(principal);
        return who.isPresent() && who.get().equals(identity.principal());
    }

    private static boolean hasAny(Connection connection, Collection<Target> targets) {
        return targets.stream().anyMatch(connection.memberships::containsKey);
    }

    private void advance(Arrival arrival, long lsn, long sourceUs) {
        Delivery delivery = arrival.delivery();
        standing.advance(delivery.getPartition(), arrival.epoch(), delivery.getOffset(), lsn, sourceUs);
    }
}
