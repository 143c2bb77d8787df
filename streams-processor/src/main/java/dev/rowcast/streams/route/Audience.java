package dev.rowcast.streams.route;

import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import java.util.LinkedHashSet;
import java.util.Set;

/// The channels that a change concerns, apart by what it means to them. The three are disjoint.
///
/// @param left the row was there and is not any more
/// @param entered the row is there and was not
/// @param stayed the row was and is there
public record Audience(Set<String> left, Set<String> entered, Set<String> stayed) {

    /// The audience of a row that was in the `before` channels and is in the `after` channels.
    public static Audience of(Set<String> before, Set<String> after) {
        if (before.equals(after)) {
            return new Audience(Set.of(), Set.of(), after);
        }
        Set<String> left = new LinkedHashSet<>(before);
        left.removeAll(after);
        Set<String> entered = new LinkedHashSet<>(after);
        entered.removeAll(before);
        Set<String> stayed = new LinkedHashSet<>(after);
        stayed.retainAll(before);
        return new Audience(left, entered, stayed);
    }

    /// The channels to which the change means this.
    public Set<String> of(Action action) {
        return switch (action) {
            case DELETE -> left;
            case CREATE -> entered;
            case UPDATE -> stayed;
        };
    }

    /// Every channel.
    public Set<String> all() {
        if (left.isEmpty() && entered.isEmpty()) {
            return stayed;
        }
        Set<String> all = new LinkedHashSet<>(left);
        all.addAll(entered);
        all.addAll(stayed);
        return all;
    }
}
