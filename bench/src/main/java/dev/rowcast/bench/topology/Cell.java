package dev.rowcast.bench.topology;

/// What can be measured.
enum Cell {
    THROUGHPUT("Changes/s of one task"),
    AUDIENCE("Changes/s of one task, by who listens"),
    DELIVERY("Delivery"),
    SUBSCRIBE("Subscribing beside changes"),
    RESUME("Resumes after a node's death"),
    SIZES("What is kept"),
    RESTORE("Restore"),
    SILENCE("Silence");

    private final String title;

    Cell(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
