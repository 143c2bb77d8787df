package dev.rowcast.embedded;

/// What can be started, in the order in which it is stopped from the end.
public enum Part {
    POSTGRES("Postgres"),
    KAFKA("Kafka"),
    REDIS("Redis"),
    /// The schema registry; it keeps its schemas in Kafka.
    REGISTRY("schema registry");

    private final String label;

    Part(String label) {
        this.label = label;
    }

    /// The name for people.
    public String label() {
        return label;
    }
}
