package dev.rowcast.standalone.cli;

import dev.rowcast.ingest.snapshot.SnapshotProgress;
import dev.rowcast.standalone.stack.Addresses;
import dev.rowcast.standalone.stack.StackListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;

/// What `up` tells a person while it starts: a line for each part, a bar for the snapshot, then what to try.
final class Checklist implements StackListener {

    private final PrintWriter out;
    private final boolean terminal = ProgressBar.onTerminal();
    private final ProgressBar bar;
    private final long begin = System.nanoTime();
    private boolean barShown;

    Checklist(PrintWriter out) {
        this.out = out;
        this.bar = new ProgressBar(out, terminal);
    }

    synchronized void title(String text) {
        line(text);
        out.println();
        out.flush();
    }

    @Override
    public synchronized void ready(String what, String where, Duration took) {
        line("  %s %-16s %-40s %6.1f s".formatted(tick(), what, where, took.toMillis() / 1000.0));
    }

    @Override
    public synchronized void snapshot(SnapshotProgress progress) {
        if (bar.show("Snapshot", progress)) {
            barShown = terminal;
        }
    }

    synchronized void done(Addresses at, Path logs) {
        line("");
        line("Ready in %.1f s. Try, in another terminal:".formatted((System.nanoTime() - begin) / 1e9));
        line("");
        line("  curl -N -H 'apikey: pk_demo' '%s/v1/events?channel=vault:1'".formatted(at.gateway()));
        line("  ./rowcast sql \"update sources set title='Hello' where id=1\"");
        line("  ./rowcast tail cdc.%s.public.sources --from earliest -n 3".formatted(at.source()));
        line("");
        line("  Page     %s/".formatted(at.gateway()));
        line("  Health   %s/health   Metrics  %s/actuator/prometheus".formatted(at.gateway(), at.management()));
        line("  Logs     " + logs);
        line("");
        line("Ctrl-C ends everything; the data stays.");
    }

    private void line(String text) {
        if (barShown) {
            out.print("\r\u001b[2K");
            barShown = false;
        }
        out.println(text);
        out.flush();
    }

    private String tick() {
        return terminal ? "\u001b[32m✔\u001b[0m" : "✔";
    }
}
