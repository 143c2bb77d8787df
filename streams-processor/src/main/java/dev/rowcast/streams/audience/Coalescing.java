package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.streams.render.Renderer;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/// A stretch of a long replay, in which each entity is told once to each of the request's channels: what all that
/// happened to it there means together, with its last change, in the order of the last changes.
///
/// It means the same to everybody, wherever in the stretch they start: an entity that is gone is told as gone, one that
/// came is told as new, also to who knew it before it went, and any other as changed. So nobody learns less than from
/// the changes one by one, and a client takes what is new to it and what is not alike.
final class Coalescing {

    private record Slot(String entity, Target target) {}

    /// @param change the last one
    /// @param action what all of them mean together
    private record Folded(LoggedChange change, Routed.Told told, Action action) {}

    /// What one change is the last of.
    private record Group(LoggedChange change, Routed.Told told, Map<Action, List<Target>> targets) {}

    private static final long NOWHERE = -1;

    private final Map<Slot, Folded> slots = new LinkedHashMap<>();
    private final Queue<Group> groups = new ArrayDeque<>();

    /// Takes in what a change means to the request.
    void add(LoggedChange change, List<Meaning> meanings) {
        for (Meaning each : meanings) {
            // An event is no state that another one replaces.
            String entity = each.told().entity().orElseGet(() -> "@" + change.offset() + '.' + slots.size());
            Slot slot = new Slot(entity, each.target());
            Folded before = slots.remove(slot);
            boolean cameAnew = each.action() == Action.UPDATE && before != null && before.action() != Action.UPDATE;
            slots.put(slot, new Folded(change, each.told(), cameAnew ? Action.CREATE : each.action()));
        }
    }

    /// What is on the heap for it: how many entities in how many channels.
    int size() {
        return slots.size();
    }

    /// Nothing more is taken in; from now on it is told.
    void close() {
        Group last = null;
        for (Map.Entry<Slot, Folded> entry : slots.entrySet()) {
            Folded folded = entry.getValue();
            if (last == null
                    || last.change().offset() != folded.change().offset()
                    || !last.told().entity().equals(folded.told().entity())) {
                last = new Group(folded.change(), folded.told(), new EnumMap<>(Action.class));
                groups.add(last);
            }
            last.targets()
                    .computeIfAbsent(folded.action(), unseen -> new ArrayList<>())
                    .add(entry.getKey().target());
        }
        slots.clear();
    }

    boolean isTold() {
        return groups.isEmpty();
    }

    /// The next frames, as many as go out at once. What is had of a stretch that is cut off is had up to a position, so
    /// the entities of one change go together.
    ///
    /// @throws IllegalArgumentException when a change holds what the protocol cannot say
    List<Frame> next() {
        List<Frame> frames = new ArrayList<>();
        long bytes = 0;
        long offset = NOWHERE;
        while (!groups.isEmpty()
                && (bytes < Piece.MOST_BYTES / 2 || groups.element().change().offset() == offset)) {
            Group group = groups.remove();
            offset = group.change().offset();
            for (Action action : Framing.ORDER) {
                List<Target> targets = group.targets().get(action);
                if (targets != null) {
                    Frame frame = frame(group, action, targets);
                    frames.add(frame);
                    bytes += Sizes.of(frame);
                }
            }
        }
        return frames;
    }

    private static Frame frame(Group group, Action action, List<Target> targets) {
        Routed.Told told = group.told();
        Optional<Transaction> tx = told.transaction();
        return new Frame(
                targets.stream()
                        .filter(target -> target.getFilter().isEmpty())
                        .map(Target::getName)
                        .toList(),
                targets.stream().filter(target -> !target.getFilter().isEmpty()).toList(),
                told.entity().orElse(null),
                List.of(),
                group.change().offset(),
                told.lsn(),
                tx.map(Transaction::getXid).orElse(0L),
                told.happenedUs(),
                group.change().capturedUs(),
                Renderer.coalesced(group.change().epoch(), told, action),
                null);
    }
}
