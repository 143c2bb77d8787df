package dev.rowcast.streams.app;

/// Where a streams processor is in its life.
public sealed interface StreamsState {

    /// It joins its group or takes over partitions; deliveries pause.
    record Starting() implements StreamsState {}

    /// It processes.
    record Running() implements StreamsState {}

    /// It gave up; only a restart helps.
    record Failed(Throwable cause) implements StreamsState {}

    /// It was closed.
    record Stopped() implements StreamsState {}

    /// Whether deliveries flow.
    default boolean ready() {
        return this instanceof Running;
    }
}
