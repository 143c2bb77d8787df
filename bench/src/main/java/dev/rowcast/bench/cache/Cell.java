package dev.rowcast.bench.cache;

/// What can be measured.
enum Cell {
    HITS("What an answer costs"),
    LOAD("Reads of the database, and stale answers, under a load"),
    FAULTS("Callers while Redis fails"),
    LIMITS("What a limit costs");

    private final String title;

    Cell(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
