package dev.rowcast.gateway.publish;

/// What is wrong with one event of a request, or became of one that was refused later.
///
/// @param index of the event in its request, from 0
/// @param code stable, for programs
/// @param reason for people: the member, the value and the fix
record Fault(int index, String code, String reason) {}
