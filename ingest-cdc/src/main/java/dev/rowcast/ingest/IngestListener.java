package dev.rowcast.ingest;

/// Told of every new state, from ingest's threads: be quick.
@FunctionalInterface
public interface IngestListener {

    IngestListener SILENT = state -> {};

    void stateChanged(IngestState state);
}
