package dev.rowcast.bench.topology;

/// As the processor's setting spells it.
enum Guarantee {
    AT_LEAST_ONCE("at least once"),
    EXACTLY_ONCE("exactly once");

    private final String title;

    Guarantee(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
