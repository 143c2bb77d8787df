package dev.rowcast.bench.capture;

import java.util.Locale;

/// When the rows are written.
enum Mode {
    /// While capture runs: the writers always stay a little ahead, so it is never idle, and share the machine with it.
    SUSTAINED("sustained"),
    /// Before it runs: capture is held, the rows wait in the log, and it goes on, warm.
    CATCH_UP("catch-up");

    private final String title;

    Mode(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
