package dev.rowcast.streams.deadletter;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.GatewayCommand;

/// What a source topic held at one position. That a record cannot be read is a fact like any other: the topology sees
/// it in its place, sets it aside and goes on.
public sealed interface Incoming {

    /// The record's value as it is in the log; empty when it has none.
    byte[] bytes();

    record ChangeRecord(Change change, byte[] bytes) implements Incoming {}

    record CommandRecord(GatewayCommand command, byte[] bytes) implements Incoming {}

    /// @param reason for people
    record Unreadable(String reason, byte[] bytes) implements Incoming {}
}
