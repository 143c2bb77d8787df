package dev.rowcast.gateway.auth;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which channels a credential is good for. It narrows what the catalog and memberships allow and opens nothing. One
/// that names channels is good for nothing else: not for entities by their ids either, whose channels nobody can tell
/// here.
///
/// @param patterns whole names, or `type:*` for all of a type; empty for everything
public record Reach(Optional<Set<String>> patterns) {

    /// Everything that its bearer may have anyway.
    public static final Reach ALL = new Reach(Optional.empty());

    private static final int MOST = 100;
    private static final int LONGEST = 256;
    private static final String ANY = ":*";

    public Reach {
        patterns = patterns.map(Set::copyOf);
    }

    /// What a token's claim says.
    ///
    /// @throws IllegalArgumentException when it is no list of at most 100 names and patterns
    static Reach of(List<String> claim) {
        if (claim.size() > MOST) {
            throw new IllegalArgumentException("a token names at most %d channels".formatted(MOST));
        }
        for (String pattern : claim) {
            int colon = pattern.indexOf(':');
            boolean star = pattern.indexOf('*') >= 0;
            if (colon < 1
                    || colon == pattern.length() - 1
                    || pattern.length() > LONGEST
                    || star && pattern.indexOf('*') != colon + 1
                    || star && pattern.length() != colon + ANY.length()) {
                throw new IllegalArgumentException("a channel is named 'type:id', or 'type:*' for all of a type");
            }
        }
        return new Reach(Optional.of(Set.copyOf(claim)));
    }

    /// Whether it is good for more than channels that it names.
    public boolean isAll() {
        return patterns.isEmpty();
    }

    /// Whether it is good for this channel.
    public boolean covers(String channel) {
        return patterns.map(names -> names.contains(channel)
                        || names.contains(channel.substring(0, Math.max(0, channel.indexOf(':'))) + ANY))
                .orElse(true);
    }
}
