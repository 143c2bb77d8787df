package dev.rowcast.cache;

/// An answer.
///
/// @param value shared with others: never change it
/// @param snapshot under which it was read
/// @param status where it came from
/// @param detail why, in one word such as `late` or `collapsed`; empty when there is nothing to say
public record Cached(byte[] value, Snapshot snapshot, CacheStatus status, String detail) {}
