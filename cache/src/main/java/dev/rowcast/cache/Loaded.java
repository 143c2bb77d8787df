package dev.rowcast.cache;

/// What was read from the database.
///
/// @param value never changed afterwards
/// @param snapshot under which it was read, or an older one
public record Loaded(byte[] value, Snapshot snapshot) {}
