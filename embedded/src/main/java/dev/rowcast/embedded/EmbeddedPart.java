package dev.rowcast.embedded;

/// What all parts can do. Stopping a part that does not run, and starting one that does, changes nothing.
sealed interface EmbeddedPart permits Postgres, Kafka, Redis, Registry {
    int port();

    /// Starts again, on the same folder and port.
    void start();

    void stop();
}
