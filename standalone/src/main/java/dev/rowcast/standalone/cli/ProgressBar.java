package dev.rowcast.standalone.cli;

import dev.rowcast.ingest.snapshot.SnapshotProgress;
import java.io.PrintWriter;
import java.time.Duration;

/// How far rows are being read: one line that changes where there is a terminal, else a line now and then.
final class ProgressBar {

    private static final int WIDTH = 24;
    private static final Duration TERMINAL_PACE = Duration.ofMillis(100);
    private static final Duration LINE_PACE = Duration.ofSeconds(5);

    private final PrintWriter out;
    private final boolean terminal;
    private long shownAt;
    private boolean shown;

    ProgressBar(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /// Whether somebody reads along.
    static boolean onTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /// @param what such as "Snapshot"
    /// @return whether it was shown; too soon after the last time it is not
    boolean show(String what, SnapshotProgress progress) {
        long now = System.nanoTime();
        Duration pace = terminal ? TERMINAL_PACE : LINE_PACE;
        if (shown && now - shownAt < pace.toNanos()) {
            return false;
        }
        shown = true;
        shownAt = now;
        if (terminal) {
            out.print("\r\u001b[2K" + line(what, progress, bar(progress.percent()) + " "));
        } else {
            out.println(line(what, progress, ""));
        }
        out.flush();
        return true;
    }

    private static String line(String what, SnapshotProgress progress, String bar) {
        return "  … %-16s %s%3d %%  %,d of about %,d rows%s%s"
                .formatted(
                        what,
                        bar,
                        progress.percent(),
                        progress.rows(),
                        progress.expected(),
                        progress.left()
                                .map(left -> "  " + words(left) + " left")
                                .orElse(""),
                        progress.table().isEmpty() ? "" : "  " + progress.table());
    }

    private static String bar(int percent) {
        int full = WIDTH * percent / 100;
        return "█".repeat(full) + "░".repeat(WIDTH - full);
    }

    /// For instance `2 min 5 s`.
    static String words(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? "%d min %d s".formatted(seconds / 60, seconds % 60)
                : "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }
}
