package dev.rowcast.bench.subscribers;

/// A channel that a client subscribes to.
///
/// @param number as in the marks of its messages
/// @param name as in the protocol, such as `vault:1`
/// @param next the number of its next message
public record Listening(int number, String name, long next) {}
