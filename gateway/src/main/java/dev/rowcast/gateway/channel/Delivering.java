package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes deliveries to the connections of one shard. Confined to its event loop.
final class Delivering {

    /// A frame that this turn wrote.
    private record Sent(Frame frame, long matchedUs, int receivers) {}

    private final Shard shard;
    private final Index index;
    private final ShardServices services;
    private final List<Connection> matched = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private int receivers;

    Delivering(Shard shard, Index index, ShardServices services) {
        this.shard = shard;
        this.index = index;
        this.services = services;
    }

    void handle(Arrival arrival) {
        Delivery delivery = arrival.delivery();
        switch (delivery.getBody()) {
            case Attached attached -> advance(arrival, 0, 0);
            case dev.rowcast.schemas.avro.Progress here -> advance(arrival, here.getLsn(), here.getSourceUs());
            case Frames frames
            when frames.getRequest() != null -> replay(frames, frames.getRequest(), delivery.getOffset());
            case Frames frames -> arrival.tenant().ifPresent(tenant -> live(arrival, tenant, frames));
            case Subscribed answer -> subscribed(arrival, answer);
            case dev.rowcast.schemas.avro.Reset reset -> reset(arrival, reset);
            case Revoked revoked ->
                arrival.tenant()
                        .ifPresent(
                                tenant -> shard.revoke(tenant, revoked.getPrincipal(), targets(revoked.getTargets())));
            default -> {} // what a newer topology says and this node does not know
        }
    }

    /// Hands out what this turn wrote to metrics and to the log of deliveries.
    void endTurn() {
        if (sent.isEmpty()) {
            return;
        }
        long now = services.nowUs();
        Map<Long, Integer> byTransaction = new LinkedHashMap<>();
        for (Sent each : sent) {
            services.hops().record(each.frame, each.matchedUs, now);
            byTransaction.merge(each.frame.getXid(), each.receivers, Math::max);
        }
        for (Sent each : sent) {
            Integer receiversOfAll = byTransaction.remove(each.frame.getXid());
            if (receiversOfAll != null) {
                services.log().written(each.frame.getXid(), receiversOfAll, now - each.frame.getCommitUs());
            }
        }
        sent.clear();
    }

    private void live(Arrival arrival, TenantId tenant, Frames frames) {
        long offset = arrival.delivery().getOffset();
        List<Rendered> rendered = new ArrayList<>(frames.getFrames().size());
        long lsn = 0;
        for (Frame frame : frames.getFrames()) {
            Rendered each = Rendered.of(services.alloc(), frame, Optional.ofNullable(frames.getCursor()));
            rendered.add(each);
            lsn = Math.max(lsn, frame.getLsn());
            receivers = 0;
            for (String channel : frame.getChannels()) {
                hold(index.channel(tenant, channel), each, offset);
            }
            String entity = frame.getEntity();
            if (entity != null) {
                for (String principal : frame.getPrincipals()) {
                    hold(index.entity(tenant, entity, principal), each, offset);
                }
            }
            if (receivers > 0) {
                sent.add(new Sent(frame, arrival.delivery().getMatchedUs(), receivers));
            }
        }
        for (Connection connection : matched) {
            write(connection, connection.resumes == 0);
        }
        matched.clear();
        rendered.forEach(Rendered::release);
        advance(arrival, frames.getCursor() == null ? 0 : lsn, 0);
    }

    /// Keeps the frame back for each member until its next one, because only the last carries the cursor; so a
    /// connection that several of its subscriptions match gets the frame once.
    private void hold(List<Member> members, Rendered frame, long offset) {
        for (Member member : members) {
            if (offset <= member.from) {
                continue;
            }
            Connection connection = member.connection;
            if (connection.held == frame) {
                connection.heldRows |= member.rows;
                continue;
            }
            if (connection.held == null) {
                matched.add(connection);
            } else {
                connection.write(connection.held, connection.heldRows, false);
            }
            connection.held = frame;
            connection.heldRows = member.rows;
            receivers++;
        }
    }

    private static void write(Connection connection, boolean cursorAllowed) {
        Rendered held = connection.held;
        connection.held = null;
        if (held != null) {
            connection.write(held, connection.heldRows, cursorAllowed);
        }
    }

    /// What the asker missed; nobody else gets it.
    private void replay(Frames frames, long number, long offset) {
        Request request = shard.request(number);
        if (request == null || offset <= request.start().offset()) {
            return;
        }
        Connection connection = request.connection();
        boolean onlyResume = connection.resumes == (request.resume() ? 1 : 0);
        int last = frames.getFrames().size() - 1;
        for (int i = 0; i <= last; i++) {
            Optional<String> cursor = i == last ? Optional.ofNullable(frames.getCursor()) : Optional.empty();
            Rendered frame = Rendered.of(services.alloc(), frames.getFrames().get(i), cursor);
            connection.write(frame, request.rows(), onlyResume);
            frame.release();
        }
    }

    private void subscribed(Arrival arrival, Subscribed answer) {
        Request request = shard.request(answer.getRequest());
        if (request == null) {
            return;
        }
        Delivery delivery = arrival.delivery();
        Progress here = shard.standing().of(delivery.getPartition());
        if (here != null && here.epoch().equals(arrival.epoch()) && delivery.getOffset() < here.offset()) {
            // The topology reads its input again and is behind this node, which drops what it has had; the new
            // subscriber has not. It asks again until the topology has caught up.
            shard.askLater(answer.getRequest(), request);
            return;
        }
        boolean comparable = request.start().epoch().equals(arrival.epoch());
        long from = comparable ? Math.max(delivery.getOffset(), request.start().offset()) : delivery.getOffset();
        shard.admit(answer.getRequest(), request, targets(answer.getAccepted()), from);
        shard.answer(request, answer.getCursor(), targets(answer.getAccepted()), targets(answer.getRejected()));
    }

    private void reset(Arrival arrival, dev.rowcast.schemas.avro.Reset reset) {
        Reset.Reason reason = reason(reset.getReason());
        if (reset.getRequest() == null) {
            advance(arrival, 0, 0);
            shard.resetAll(arrival, reason, targets(reset.getTargets()));
            return;
        }
        Request request = shard.request(reset.getRequest());
        if (request != null) {
            request.answers().reset(reason, targets(reset.getTargets()));
        }
    }

    private void advance(Arrival arrival, long lsn, long sourceUs) {
        Delivery delivery = arrival.delivery();
        shard.standing().advance(delivery.getPartition(), arrival.epoch(), delivery.getOffset(), lsn, sourceUs);
    }

    private static List<Target> targets(List<dev.rowcast.schemas.avro.Target> targets) {
        return targets.stream()
                .map(target -> new Target(
                        target.getKind() == TargetKind.CHANNEL ? Target.Kind.CHANNEL : Target.Kind.ENTITY,
                        target.getName()))
                .toList();
    }

    private static Reset.Reason reason(ResetReason reason) {
        return switch (reason) {
            case EPOCH -> Reset.Reason.EPOCH;
            case FORBIDDEN -> Reset.Reason.FORBIDDEN;
            case SCHEMA -> Reset.Reason.SCHEMA;
            case TRIMMED, UNKNOWN -> Reset.Reason.TRIMMED;
        };
    }
}
