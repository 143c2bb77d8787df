package dev.rowcast.gateway.channel;

import java.util.HashSet;
import java.util.Set;

/// How much of the past came for a request.
///
/// @param upTo of what is told together it can be further than what would have to be asked for again
/// @param without the targets that the asker was not let into when some of it came: let in later, it lacks that
record Replayed(Start upTo, Set<Target> without) {

    /// More came, of which these targets had nothing.
    Replayed onTo(Start further, Set<Target> withoutThese) {
        Set<Target> all = new HashSet<>(without);
        all.addAll(withoutThese);
        return new Replayed(further, Set.copyOf(all));
    }
}
