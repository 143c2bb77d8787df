package dev.rowcast.streams.evictor;

import dev.rowcast.cache.log.Evictions;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.avro.Eviction;
import java.util.List;
import java.util.Optional;

/// A record of the log as the cache sees it.
///
/// @param stale what it makes stale, in its order
/// @param mark what it tells of a partition of `rowcast.changes`
record LoggedEviction(long offset, List<Stale> stale, Optional<Mark> mark) {

    /// Everything that committed before this time stands before the record.
    ///
    /// @param input partition of `rowcast.changes`
    record Mark(int input, long redisMs) {}

    static LoggedEviction of(long offset, Eviction record) {
        return new LoggedEviction(
                offset,
                Evictions.stale(record, offset),
                Evictions.watermark(record).stream()
                        .mapToObj(redisMs -> new Mark(record.getPartition(), redisMs))
                        .findAny());
    }

    /// One that nobody can read: it may have evicted anything.
    static LoggedEviction unreadable(long offset) {
        return new LoggedEviction(offset, List.of(new Stale.Everything(Optional.empty(), 0, offset)), Optional.empty());
    }
}
