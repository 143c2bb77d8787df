package dev.rowcast.cache.model;

/// The protocol, and what it would be with a part taken out.
enum Variant {
    FULL,
    /// With what is not needed for the promise: who comes while another takes long gets the same lease, and
    /// leases are given back.
    SHARED_LEASE,
    NO_LEASE,
    DELETE_ONLY,
    LEASE_ONLY,
    /// The fence compares the log's position before the read with that of the commit.
    LSN_STAMP,
    NO_COMPARE_AND_SWAP,
    /// A fence may be forgotten while somebody who lacks it still reads.
    SHORT_FENCE,
    RESET_WITHOUT_REWIND,
    /// The watermark moves in a step of its own, before what it promises is evicted.
    WATERMARK_FIRST
}
