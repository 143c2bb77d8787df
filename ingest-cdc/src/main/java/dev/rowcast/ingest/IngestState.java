package dev.rowcast.ingest;

import dev.rowcast.ingest.fault.Fault;

/// What ingest is doing.
public sealed interface IngestState {

    /// Looking at the database, Kafka and the registry.
    record Starting() implements IngestState {}

    /// Another instance has the slot; this one takes over when that one ends.
    record WaitingForSlot(String slot) implements IngestState {}

    /// Reading the tables for the first time.
    ///
    /// @param table which one, `schema.table`; empty before the first row
    /// @param rows read so far, of all tables
    /// @param percent 0 to 99, roughly
    record Snapshotting(String table, long rows, int percent) implements IngestState {}

    /// Publishing what commits.
    record Streaming() implements IngestState {}

    /// Something failed that may mend itself; the next try follows.
    ///
    /// @param attempt counts from 1 since it last worked
    record Restarting(Fault cause, int attempt) implements IngestState {}

    /// Something failed that somebody has to mend. Ingest looks again now and then.
    record Down(Fault fault) implements IngestState {}

    /// Closed.
    record Stopped() implements IngestState {}

    /// One word for metrics and logs, for instance `streaming`.
    default String label() {
        return switch (this) {
            case Starting() -> "starting";
            case WaitingForSlot(String slot) -> "waiting";
            case Snapshotting(String table, long rows, int percent) -> "snapshotting";
            case Streaming() -> "streaming";
            case Restarting(Fault cause, int attempt) -> "restarting";
            case Down(Fault fault) -> "down";
            case Stopped() -> "stopped";
        };
    }
}
