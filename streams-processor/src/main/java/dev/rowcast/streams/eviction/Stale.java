package dev.rowcast.streams.eviction;

import java.util.Set;

/// What a change makes stale in caches.
public sealed interface Stale {

    /// Nothing.
    Stale NOTHING = new Tags(Set.of());

    /// What is cached under any of these tags of the tenant.
    record Tags(Set<String> tags) implements Stale {
        public Tags {
            tags = Set.copyOf(tags);
        }
    }

    /// More than tags can say, or than is known: anything of the tenant.
    record Everything() implements Stale {}
}
