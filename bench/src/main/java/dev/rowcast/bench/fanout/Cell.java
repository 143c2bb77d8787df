package dev.rowcast.bench.fanout;

/// What can be measured.
enum Cell {
    OPEN("Open loop: what a delivery costs, and how late it comes"),
    PEAK("Closed loop: as many deliveries as there can be");

    private final String title;

    Cell(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
