package dev.rowcast.ingest;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.snapshot.SnapshotProgress;

/// What ingest is doing.
public sealed interface IngestState {

    /// Looking at the database, Kafka and the registry.
    record Starting() implements IngestState {}

    /// Another instance has the slot; this one takes over when that one ends.
    record WaitingForSlot(String slot) implements IngestState {}

    /// Reading the tables for the first time.
    record Snapshotting(SnapshotProgress progress) implements IngestState {}

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
            case Snapshotting(SnapshotProgress progress) -> "snapshotting";
            case Streaming() -> "streaming";
            case Restarting(Fault cause, int attempt) -> "restarting";
            case Down(Fault fault) -> "down";
            case Stopped() -> "stopped";
        };
    }
}
