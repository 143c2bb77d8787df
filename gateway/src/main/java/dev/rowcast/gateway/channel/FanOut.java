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
    private final ShardServices services;
    private final List<Connection> matched = new ArrayList<>();
    private final List<LiveFrame> written = new ArrayList<>();

    FanOut(Index index, ShardServices services) {
        this.index = index;
        this.services = services;
    }

    /// @param tenant or the part of one that is split
    /// @param cursor as clients get it
    void deliver(TenantId tenant, Delivery delivery, Frames frames, Optional<String> cursor) {
        List<LiveFrame> live = new ArrayList<>(frames.getFrames().size());
        for (Frame frame : frames.getFrames()) {
            Rendered rendered = Rendered.of(services.alloc(), frame, cursor);
            LiveFrame each = new LiveFrame(frame, rendered, delivery.getMatchedUs());
            live.add(each);
            for (String channel : frame.getChannels()) {
                hold(index.channel(tenant, channel), each);
            }
            for (var filtered : frame.getFiltered()) {
                hold(index.channel(tenant, Target.text(filtered.getName(), filtered.getFilter())), each);
            }
            String entity = frame.getEntity();
            if (entity != null && index.hasEntity(tenant, entity)) {
                for (var principal : frame.getPrincipals()) {
                    Contract.principal(principal).ifPresent(who -> hold(index.entity(tenant, entity, who), each));
                }
            }
        }
        for (Connection connection : matched) {
            writeHeld(connection, connection.resumes == 0);
        }
        matched.clear();
        for (LiveFrame each : live) {
            each.rendered.release();
            if (each.written) {
                written.add(each);
            }
        }
    }

    /// Hands out what this turn wrote to metrics and to the log of deliveries.
    void endTurn() {
        if (written.isEmpty()) {
            return;
        }
        long now = services.nowUs();
        Map<Long, Integer> firsts = new HashMap<>();
        for (LiveFrame each : written) {
            services.hops().record(each.frame, each.matchedUs, now);
            firsts.merge(each.frame.getXid(), each.firsts, Integer::sum);
        }
        firsts.remove(NO_XID);
        for (LiveFrame each : written) {
            Integer ofTransaction = firsts.remove(each.frame.getXid());
            if (ofTransaction != null) {
                services.log().written(each.frame.getXid(), ofTransaction, now - each.frame.getCommitUs());
            }
        }
        written.clear();
    }

    /// Keeps the frame back for each member until its next one, because only the last carries the cursor; so a
    /// connection that several of its subscriptions match gets the frame once. A change comes first as what it
    /// means where the row left, then where it came, then where it stays: what a later one says of the row replaces
    /// what an earlier one said.
    private void hold(List<Member> members, LiveFrame frame) {
        for (Member member : members) {
            if (frame.frame.getOffset() <= member.from) {
                continue;
            }
            Connection connection = member.connection;
            if (connection.held == frame) {
                connection.heldRows |= member.rows;
                continue;
            }
            if (connection.held == null) {
                matched.add(connection);
            } else if (!connection.held.isOfTheSameRow(frame)) {
                writeHeld(connection, false);
            }
            connection.held = frame;
            connection.heldRows = member.rows;
        }
    }

    private static void writeHeld(Connection connection, boolean cursorAllowed) {
        LiveFrame held = connection.held;
        connection.held = null;
        if (held != null) {
            held.writeTo(connection, connection.heldRows, cursorAllowed);
        }
    }
}
