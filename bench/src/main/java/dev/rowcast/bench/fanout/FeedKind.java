package dev.rowcast.bench.fanout;

/// Where deliveries come from.
enum FeedKind {
    /// The bench answers the gateway itself and writes ready deliveries.
    DELIVERIES("ready-made"),
    /// Rows go through the topology.
    TOPOLOGY("of rows, by the topology");

    private final String title;

    FeedKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
