package dev.rowcast.cache;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// How fresh an answer must be.
///
/// @param maxStale what was committed longer ago than this is in the answer; zero asks the database
/// @param after transactions that must be in the answer, as `pg_current_xact_id()` gives them: read your own write
public record Freshness(Duration maxStale, Set<Long> after) {

    /// Within 2 s.
    public static final Freshness DEFAULT = within(Duration.ofSeconds(2));

    public Freshness {
        after = Set.copyOf(after);
        if (maxStale.isNegative()) {
            throw new IllegalArgumentException("maxStale must not be negative, is " + maxStale);
        }
    }

    public static Freshness within(Duration maxStale) {
        return new Freshness(maxStale, Set.of());
    }

    /// The same, or better.
    public Freshness noOlderThan(Duration other) {
        return other.compareTo(maxStale) < 0 ? new Freshness(other, after) : this;
    }

    /// The same, and with what this transaction did.
    public Freshness after(long xid) {
        return after(Set.of(xid));
    }

    /// The same, and with what all of these transactions did.
    public Freshness after(Set<Long> xids) {
        Set<Long> all = new HashSet<>(after);
        all.addAll(xids);
        return new Freshness(maxStale, all);
    }

    /// Whether a value that was read under this snapshot has what must be in it.
    boolean allows(Snapshot snapshot) {
        return after.stream().allMatch(snapshot::sees);
    }
}
