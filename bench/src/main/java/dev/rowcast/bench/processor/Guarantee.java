package dev.rowcast.bench.processor;

/// As the processor's setting spells it.
public enum Guarantee {
    AT_LEAST_ONCE("at least once"),
    EXACTLY_ONCE("exactly once");

    private final String title;

    Guarantee(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
