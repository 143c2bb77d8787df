package dev.rowcast.cache.shared;

import dev.rowcast.cache.Snapshot;

/// What Redis says of one key.
public sealed interface Lookup {

    /// A value that may be trusted: it has everything that was evicted up to the offset.
    ///
    /// @param offset last one of `rowcast.evictions` that was applied to the key's partition
    /// @param watermarkMs everything committed before this time of Redis' clock has been applied
    /// @param nowMs Redis' clock
    /// @param restMs of its life
    record Hit(byte[] value, Snapshot snapshot, long offset, long watermarkMs, long nowMs, long restMs)
            implements Lookup {}

    /// There is none: the asker brings it.
    ///
    /// @param nowMs Redis' clock, before which the asker has not read the database
    record Fill(String epoch, String token, long nowMs) implements Lookup {}

    /// There is none, and somebody else is bringing it.
    record Wait() implements Lookup {}

    /// The cache may not be trusted.
    record Bypass(Reason reason) implements Lookup {}

    /// Why the cache may not be trusted.
    enum Reason {
        /// It does not know its place in the log: it is new, or was emptied.
        UNKNOWN,
        /// It has begun again, and no watermark has come since.
        CATCHING_UP,
        /// Its watermark is older than the reader allows.
        LATE,
        /// Its watermark is of a clock that is ahead of this one: a server with an earlier clock took over.
        AHEAD,
        /// Redis does not answer.
        UNAVAILABLE
    }
}
