package dev.rowcast.streams.grants;

/// A stretch of the log in which somebody was a member.
///
/// @param after offset, exclusive
/// @param until offset, inclusive
public record Span(long after, long until) {}
