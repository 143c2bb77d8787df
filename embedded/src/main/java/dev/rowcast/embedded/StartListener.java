package dev.rowcast.embedded;

import java.time.Duration;

/// Told of each part as it becomes usable. Called from the threads that start the parts, several at a time.
@FunctionalInterface
public interface StartListener {
    StartListener SILENT = (part, port, took) -> {};

    void ready(Part part, int port, Duration took);
}
