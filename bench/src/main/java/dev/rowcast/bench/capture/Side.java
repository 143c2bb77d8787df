package dev.rowcast.bench.capture;

import java.util.Locale;

/// Who captures.
enum Side {
    ROWCAST("Rowcast"),
    /// As Connect runs source connectors by default: at least once.
    CONNECT("Debezium on Connect"),
    /// With `exactly.once.source.support=enabled`.
    CONNECT_ONCE("Debezium on Connect, exactly once");

    private final String title;

    Side(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
