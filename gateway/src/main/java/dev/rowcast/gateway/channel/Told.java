package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the topology said of a request before it answered it.
///
/// @param asOf the position as of which it said who may have what; -1 before it did
/// @param spans of the replay that the asker may have, by target; none at all where it is refused
/// @param replayed how much of the past has come; empty before any of it has
/// @param resets the targets whose past cannot be told, and why
record Told(long asOf, Map<Target, List<Span>> spans, Optional<Replayed> replayed, Map<Target, Reset.Reason> resets) {

    static final Told NOTHING = new Told(-1, Map.of(), Optional.empty(), Map.of());

    /// What it was let into, and what not. Large answers come in several records of one position.
    Told admitted(long position, Set<Target> named, Map<Target, List<Span>> mine) {
        Map<Target, List<Span>> all = new HashMap<>(position == asOf ? spans : Map.of());
        named.forEach(target -> all.putIfAbsent(target, List.of()));
        all.putAll(mine);
        return new Told(position, all, replayed, resets);
    }

    /// It was revoked there.
    Told without(Target target, long position) {
        Map<Target, List<Span>> left = new HashMap<>(spans);
        left.put(target, List.of());
        return new Told(position, left, replayed, resets);
    }

    Told replayed(Replayed further) {
        return new Told(asOf, spans, Optional.of(further), resets);
    }

    Told resetBy(Reset.Reason reason, Collection<Target> targets) {
        Map<Target, Reset.Reason> more = new HashMap<>(resets);
        targets.forEach(target -> more.put(target, reason));
        return new Told(asOf, spans, replayed, more);
    }

    /// Whether the asker may have the target.
    ///
    /// @param membersOnly whether it may only when it was named
    boolean admits(Target target, boolean membersOnly) {
        List<Span> mine = spans.get(target);
        return mine == null ? !membersOnly : !mine.isEmpty();
    }

    /// Whether it may have what is replayed of the target at this position. The last span has no end: what would end
    /// it is told in its place.
    boolean admits(Target target, boolean membersOnly, long offset) {
        List<Span> mine = spans.get(target);
        if (mine == null) {
            return !membersOnly;
        }
        for (int i = 0; i < mine.size(); i++) {
            Span span = mine.get(i);
            if (offset > span.getAfter() && (offset <= span.getUntil() || i == mine.size() - 1)) {
                return true;
            }
        }
        return false;
    }
}
