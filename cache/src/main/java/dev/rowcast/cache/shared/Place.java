package dev.rowcast.cache.shared;

/// Where a cache partition is in the log.
///
/// @param topic Kafka's id of `rowcast.evictions`; another one has other offsets
/// @param offset the last one that was applied; -1 before the first
public record Place(String topic, long offset) {}
