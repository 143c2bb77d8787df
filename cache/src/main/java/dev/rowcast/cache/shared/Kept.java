package dev.rowcast.cache.shared;

/// What became of a value that a reader brought.
public sealed interface Kept {

    /// Others have it now. It has everything that was evicted up to the offset.
    record Yes(long offset) implements Kept {}

    /// It is only for the reader itself.
    record No(Reason reason) implements Kept {}

    /// Why a value is not kept.
    enum Reason {
        /// It was evicted meanwhile, or somebody else brings it now.
        LEASE_LOST,
        /// The cache began again meanwhile.
        EPOCH,
        /// Reading took too long.
        TOO_OLD,
        /// It lacks a transaction that evicted it.
        FENCED,
        /// It is larger than what is kept.
        TOO_LARGE,
        /// Redis does not answer.
        UNAVAILABLE
    }
}
