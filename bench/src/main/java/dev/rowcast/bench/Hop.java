package dev.rowcast.bench;

/// A stretch of a change's way, measured by itself.
enum Hop {
    /// From the commit, by the database's clock, to ingest writing it to Kafka.
    CAPTURED("commit → captured"),
    /// From there to the topology writing the delivery.
    MATCHED("captured → matched"),
    /// From there to the client having read it.
    WRITTEN("matched → client"),
    /// From the commit's acknowledgement to the client having read it.
    WHOLE("commit → client");

    private final String title;

    Hop(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
