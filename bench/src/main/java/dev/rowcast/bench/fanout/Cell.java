package dev.rowcast.bench.fanout;

/// What can be measured.
enum Cell {
    OPEN("Open loop: what a delivery costs, and how late it comes"),
    PEAK("Closed loop: as many deliveries as there can be"),
    SWARM("Many channels with few listeners each"),
    NOISY("A quiet tenant beside a noisy one"),
    STALLED("Readers beside some that stall"),
    STORM("Clients that all come at once"),
    IDLE("What a connection keeps");

    private final String title;

    Cell(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
