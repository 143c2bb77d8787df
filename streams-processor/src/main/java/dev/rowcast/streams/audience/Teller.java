package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the nodes that want it what changed.
final class Teller {

    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);

    private final CursorCodec cursors;
    private final Partition partition;
    private final Outbox outbox;
    private final Timer matched;
    private final Cuts cuts;

    Teller(CursorCodec cursors, Partition partition, Outbox outbox, Timer matched) {
        this.cursors = cursors;
        this.partition = partition;
        this.outbox = outbox;
        this.matched = matched;
        this.cuts = new Cuts(partition, outbox);
    }

    /// Tells each node what concerns it, in one record for each tenant unless it is too much for one.
    ///
    /// @param changes in order, at least one
    /// @param end how far a node is that has them
    /// @param whole whether a client may resume after them
    void tell(List<OpenTransaction.Waiting> changes, Position end, boolean whole) {
        Position before = new Position(end.epoch(), changes.getFirst().change().offset() - 1);
        Map<String, Map<TenantId, List<Frame>>> framesByNode = new LinkedHashMap<>();
        Set<TenantId> lost = new LinkedHashSet<>();
        for (OpenTransaction.Waiting each : changes) {
            try {
                frames(each)
                        .forEach((node, frames) -> framesByNode
                                .computeIfAbsent(node, unseen -> new LinkedHashMap<>())
                                .computeIfAbsent(each.change().tenant(), unseen -> new ArrayList<>())
                                .addAll(frames));
            } catch (IllegalArgumentException e) {
                // Nobody wanted it when it came, so nobody noticed that it cannot be told.
                LOG.atWarn()
                        .addKeyValue("offset", each.change().offset())
                        .addKeyValue("reason", e.getMessage())
                        .log("Change that cannot be told");
                lost.add(each.change().tenant());
            }
        }
        if (lost.isEmpty()) {
            deliver(framesByNode, before, end, whole);
        } else {
            // Whoever has these and not the resets must not be taken to have everything.
            deliver(framesByNode, before, before, false);
            cuts.tell(lost::contains, end, List.of(Routed.Cut.throughEverything()));
        }
        changes.forEach(each ->
                matched.record(Math.max(0, outbox.nowUs() - each.change().capturedUs()), TimeUnit.MICROSECONDS));
    }

    /// @param before where a node is that has not all of it yet
    /// @param end where it is then
    private void deliver(
            Map<String, Map<TenantId, List<Frame>>> framesByNode, Position before, Position end, boolean whole) {
        Map<TenantId, String> texts = new HashMap<>();
        Bodies bodies = new Bodies();
        framesByNode.forEach((node, framesByTenant) -> {
            List<Map.Entry<TenantId, List<Frame>>> inOrder = new ArrayList<>(framesByTenant.entrySet());
            inOrder.sort(
                    Comparator.comparing(entry -> entry.getValue().getLast().getOffset()));
            for (Map.Entry<TenantId, List<Frame>> entry : inOrder) {
                String cursor = whole
                        ? texts.computeIfAbsent(
                                entry.getKey(), tenant -> cursors.encode(tenant, end.cursor(outbox.partition())))
                        : null;
                // A node that has one tenant's has not everything yet.
                Position reached = entry.getKey().equals(inOrder.getLast().getKey()) ? end : before;
                deliver(node, entry.getKey(), before, reached, bodies.of(cursor, entry.getValue()));
            }
        });
    }

    /// What each node is to be told of a change; the nodes that are told nothing are not in it.
    ///
    /// @throws IllegalArgumentException when the change holds what the protocol cannot say
    Map<String, List<Frame>> frames(OpenTransaction.Waiting waiting) {
        Map<String, List<Frame>> framesByNode = new LinkedHashMap<>();
        for (OpenTransaction.Meaning each : waiting.meanings()) {
            partition
                    .subscriptions()
                    .interest()
                    .wanted(waiting.change(), each.told())
                    .forEach((node, wanted) -> {
                        List<Frame> frames = each.framing().frames(wanted);
                        if (!frames.isEmpty()) {
                            framesByNode
                                    .computeIfAbsent(node, unseen -> new ArrayList<>(frames.size()))
                                    .addAll(frames);
                        }
                    });
        }
        return framesByNode;
    }

    /// Tells whoever watches what the cuts touch that it must refetch.
    ///
    /// @param tenant empty for every tenant
    void tellCuts(Optional<TenantId> tenant, Position position, List<Routed.Cut> cuts) {
        Predicate<TenantId> whose = other -> tenant.map(other::equals).orElse(true);
        this.cuts.tell(whose, position, cuts);
    }

    /// Tells every node something that concerns the whole partition.
    void tellEverybody(Position position, Object body) {
        partition.nodes().attached().forEach(node -> outbox.deliver(node, Optional.empty(), position, body));
    }

    /// What was known is another incarnation's.
    void tellEpoch(Position before) {
        tellEverybody(before, new Reset(null, null, ResetReason.EPOCH, List.of()));
    }

    /// In as many records as it takes. Only the last says how far the node is, and may carry the cursor.
    private void deliver(String node, TenantId tenant, Position before, Position reached, List<Frames> bodies) {
        for (Frames body : bodies.subList(0, bodies.size() - 1)) {
            outbox.deliver(node, Optional.of(tenant), before, body);
        }
        outbox.deliver(node, Optional.of(tenant), reached, bodies.getLast());
    }

    /// What nodes get that want the same is made once.
    private static final class Bodies {

        private @Nullable String cursor;
        private List<Frame> frames = List.of();
        private List<Frames> bodies = List.of();

        /// @param otherFrames at least one
        List<Frames> of(@Nullable String otherCursor, List<Frame> otherFrames) {
            if (!otherFrames.equals(frames) || !Objects.equals(otherCursor, cursor)) {
                cursor = otherCursor;
                frames = otherFrames;
                bodies = made(otherCursor, Parts.of(otherFrames));
            }
            return bodies;
        }

        private static List<Frames> made(@Nullable String cursor, List<List<Frame>> parts) {
            List<Frames> made = new ArrayList<>(parts.size());
            for (List<Frame> part : parts.subList(0, parts.size() - 1)) {
                made.add(new Frames(null, null, part));
            }
            made.add(new Frames(null, cursor, parts.getLast()));
            return made;
        }
    }
}
