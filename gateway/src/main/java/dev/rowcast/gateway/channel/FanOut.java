package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes live frames to the members of one event loop, and counts who got them. Confined to the loop.
final class FanOut {

    /// No transaction: an event that an application published.
    private static final long NO_XID = 0;

    private final Index index;
    private final Outbox outbox;
    private final ShardServices services;
    private final List<Connection> matched = new ArrayList<>();

    FanOut(Index index, Outbox outbox, ShardServices services) {
        this.index = index;
        this.outbox = outbox;
        this.services = services;
    }

    /// @param tenant or the part of one that is split
    /// @param cursor as clients get it
    void deliver(TenantId tenant, Delivery delivery, Frames frames, Optional<String> cursor) {
        List<LiveFrame> live = new ArrayList<>(frames.getFrames().size());
        for (Frame frame : frames.getFrames()) {
            Rendered rendered = Rendered.of(frame, cursor);
            LiveFrame each = new LiveFrame(frame, rendered, delivery.getMatchedUs());
            live.add(each);
            for (String channel : frame.getChannels()) {
                tell(index.channel(tenant, channel), each);
            }
            for (var filtered : frame.getFiltered()) {
                tell(index.channel(tenant, Target.text(filtered.getName(), filtered.getFilter())), each);
            }
            String entity = frame.getEntity();
            if (entity != null && index.hasEntity(tenant, entity)) {
                for (var principal : frame.getPrincipals()) {
                    Contract.principal(principal).ifPresent(who -> tell(index.entity(tenant, entity, who), each));
                }
            }
        }
        matched.forEach(connection -> connection.endDelivery(tenant, delivery.getOffset()));
        matched.clear();
        live.removeIf(each -> !each.told);
        if (!live.isEmpty()) {
            // In its lane this comes after all connections that are told of these.
            outbox.add(Haste.LIVE, services.placement().tenant(tenant), () -> {
                written(live);
                return 0;
            });
        }
    }

    /// Tells metrics and the log of deliveries.
    private void written(List<LiveFrame> live) {
        long now = services.nowUs();
        Map<Long, Integer> firsts = new HashMap<>();
        for (LiveFrame each : live) {
            services.hops().record(each.frame, each.matchedUs, now);
            firsts.merge(each.frame.getXid(), each.firsts, Integer::sum);
        }
        firsts.remove(NO_XID);
        for (LiveFrame each : live) {
            Integer ofTransaction = firsts.remove(each.frame.getXid());
            if (ofTransaction != null) {
                services.log().written(each.frame.getXid(), ofTransaction, now - each.frame.getCommitUs());
            }
        }
    }

    /// A connection that several of its subscriptions match is told the frame once. A change comes first as
    /// what it means where the row left, then where it came, then where it stays: what a later one says of
    /// the row replaces what an earlier one said. The cursor is added at the end of the delivery, because
    /// only the last frame carries it.
    private void tell(List<Member> members, LiveFrame frame) {
        long offset = frame.frame.getOffset();
        for (Member member : members) {
            if (offset <= member.from) {
                continue;
            }
            Connection connection = member.connection;
            LiveFrame held = connection.held;
            if (held == null) {
                matched.add(connection);
                connection.tell(frame.rendered, member.rows, false);
            } else if (held == frame) {
                if (member.rows) {
                    connection.tellInstead(frame.rendered, true);
                }
                continue;
            } else if (held.isOfTheSameRow(frame)) {
                connection.tellInstead(frame.rendered, member.rows);
            } else {
                connection.tell(frame.rendered, member.rows, false);
            }
            connection.held = frame;
            frame.countFor(connection);
        }
    }
}
