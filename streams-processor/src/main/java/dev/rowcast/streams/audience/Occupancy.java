package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.PrincipalKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Who was told to be in a channel. The users of a channel are named as long as there are not too many.
final class Occupancy {

    /// With more, nobody is named, until there are three quarters of them or fewer.
    static final int MOST_NAMES = 1_000;

    /// In characters: so much of names fits into one record.
    static final int MOST_NAME_CHARS = 64 << 10;

    /// What is different since the last telling.
    ///
    /// @param everybody whether those who were told before have to be told everything
    record Difference(List<String> joined, List<String> left, boolean changed, boolean everybody) {}

    private final boolean mayName;
    private final Set<Subscriber> present = new LinkedHashSet<>();
    private int names;
    private long nameChars;
    private boolean naming;

    /// @param mayName whether more than the count may be known
    Occupancy(boolean mayName) {
        this.mayName = mayName;
        this.naming = mayName;
    }

    /// How many principals are there.
    int count() {
        return present.size();
    }

    /// The users who are there; none when they are not to be named.
    List<String> names() {
        return naming
                ? present.stream()
                        .filter(Occupancy::hasName)
                        .map(Subscriber::id)
                        .toList()
                : List.of();
    }

    /// @param candidates who may have come or gone
    Difference update(Set<Subscriber> candidates, Predicate<Subscriber> isThere) {
        List<String> joined = new ArrayList<>();
        List<String> left = new ArrayList<>();
        boolean changed = false;
        for (Subscriber each : candidates) {
            boolean there = isThere.test(each);
            if (there ? present.add(each) : present.remove(each)) {
                changed = true;
                if (hasName(each)) {
                    names += there ? 1 : -1;
                    nameChars += there ? each.id().length() : -each.id().length();
                    (there ? joined : left).add(each.id());
                }
            }
        }
        boolean before = naming;
        naming = mayName && (naming ? fits(1) : fits(0.75));
        return naming && before
                ? new Difference(joined, left, changed, false)
                : new Difference(List.of(), List.of(), changed, naming != before);
    }

    private boolean fits(double share) {
        return names <= MOST_NAMES * share && nameChars <= MOST_NAME_CHARS * share;
    }

    private static boolean hasName(Subscriber subscriber) {
        return subscriber.kind() == PrincipalKind.USER;
    }
}
