package dev.rowcast.gateway.channel;

/// How a client wants to be told.
///
/// @param rows the delivered columns too, not the keys alone
/// @param presence also who else is there, in channels whose catalog entry allows it
public record Wish(boolean rows, boolean presence) {}
