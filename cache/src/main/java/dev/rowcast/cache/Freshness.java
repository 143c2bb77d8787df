package dev.rowcast.cache;

import java.time.Duration;
import java.util.OptionalLong;

/// How fresh an answer must be.
///
/// @param maxStale what was committed longer ago than this is in the answer; zero asks the database
/// @param after a transaction that must be in the answer, as `pg_current_xact_id()` gives it: read your own write
public record Freshness(Duration maxStale, OptionalLong after) {

    /// Within 2 s.
    public static final Freshness DEFAULT = within(Duration.ofSeconds(2));

    public Freshness {
        if (maxStale.isNegative()) {
            throw new IllegalArgumentException("maxStale must not be negative, is " + maxStale);
        }
    }

    public static Freshness within(Duration maxStale) {
        return new Freshness(maxStale, OptionalLong.empty());
    }

    /// The same, and with what this transaction did.
    public Freshness after(long xid) {
        return new Freshness(maxStale, OptionalLong.of(xid));
    }

    /// Whether a value that was read under this snapshot has what must be in it.
    boolean allows(Snapshot snapshot) {
        return after.isEmpty() || snapshot.sees(after.getAsLong());
    }
}
