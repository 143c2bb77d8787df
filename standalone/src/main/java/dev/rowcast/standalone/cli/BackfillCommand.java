package dev.rowcast.standalone.cli;

import dev.rowcast.ingest.snapshot.BackfillState;
import dev.rowcast.ingest.snapshot.SnapshotProgress;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Asks the ingest that runs to read one table again, and shows how it goes.
@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        description = "Sends every row of a table again, while its changes stream on.",
        footer = {"", "Ctrl-C leaves it running; nobody is notified of the rows."},
        sortOptions = false)
final class BackfillCommand implements Callable<Integer> {

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private final Home home = new Home();

    @Parameters(paramLabel = "TABLE", description = "As in the catalog, for example public.notes.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String table;

    @Option(names = "--no-wait", description = "Do not wait for its end.")
    private boolean noWait;

    @Option(names = "--cancel", description = "End the one that waits or runs; what was sent stays sent.")
    private boolean cancel;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            defaultValue = "${env:DATABASE_URL}",
            description = "The captured database, as a role that may write rowcast.backfills (default: that of up).")
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            defaultValue = "${env:ROWCAST_CATALOG}",
            description = "Your rowcast.yaml (default: that of up).")
    private Optional<Path> catalog = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws SQLException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        String source = catalog.map(file -> Catalog.load(file).source())
                .orElseGet(() -> home.addresses().source());
        DatabaseUrl at = database.map(DatabaseUrl::parse)
                .orElseGet(() -> home.addresses().database());
        try (Connection connection = DriverManager.getConnection(at.jdbcUrl(), at.user(), at.password())) {
            BackfillRows rows = new BackfillRows(connection, source, table);
            return cancel ? cancel(rows, out) : ask(rows, out);
        }
    }

    private int cancel(BackfillRows rows, PrintWriter out) throws SQLException {
        if (rows.cancel()) {
            out.println("Backfill of %s ends; what was sent stays sent.".formatted(table));
            return 0;
        }
        out.println("There is no backfill of %s to end.".formatted(table));
        return 1;
    }

    private int ask(BackfillRows rows, PrintWriter out) throws SQLException, InterruptedException {
        boolean fresh = rows.ask();
        long id = rows.latest();
        out.println(
                fresh
                        ? "Backfill %d of %s is asked for.".formatted(id, table)
                        : "Backfill %d of %s waits or runs already.".formatted(id, table));
        out.flush();
        return noWait ? 0 : follow(rows, id, out);
    }

    private int follow(BackfillRows rows, long id, PrintWriter out) throws SQLException, InterruptedException {
        boolean terminal = ProgressBar.onTerminal();
        ProgressBar bar = new ProgressBar(out, terminal);
        long begin = System.nanoTime();
        String told = "";
        while (true) {
            Optional<BackfillRows.Row> row = rows.look(id);
            if (row.isEmpty()) {
                out.println("✖ Somebody deleted the request.");
                return 1;
            }
            if (row.get().ended()) {
                out.print(terminal ? "\r\u001b[2K" : "");
                return end(row.get(), out);
            }
            String waits = waits(row.get(), System.nanoTime() - begin);
            if (!waits.isEmpty() && !waits.equals(told)) {
                out.println((terminal ? "\r\u001b[2K  " : "  ") + waits);
                out.flush();
                told = waits;
            } else if (row.get().state() == BackfillState.RUNNING && row.get().rows() > 0) {
                bar.show("Backfill", progress(row.get()));
            }
            Thread.sleep(PAUSE);
        }
    }

    private static String waits(BackfillRows.Row row, long nanos) {
        if (row.state() == BackfillState.REQUESTED && nanos > PATIENCE.toNanos()) {
            return "It waits for ingest, or for another backfill; ./rowcast doctor says whether ingest is well.";
        }
        return row.reason().isEmpty() ? "" : "It " + row.reason() + ".";
    }

    private SnapshotProgress progress(BackfillRows.Row row) {
        long expected = Math.max(1, row.expected());
        Optional<Duration> left = row.took().toSeconds() < 1
                ? Optional.empty()
                : Optional.of(row.took()
                        .multipliedBy(Math.max(0, expected - row.rows()))
                        .dividedBy(row.rows()));
        return new SnapshotProgress(table, row.rows(), expected, left);
    }

    private int end(BackfillRows.Row row, PrintWriter out) {
        String what =
                "%s: %,d rows in %.1f s".formatted(table, row.rows(), row.took().toMillis() / 1000.0);
        return switch (row.state()) {
            case DONE -> {
                out.println("✔ " + what);
                yield 0;
            }
            case CANCELLED -> {
                out.println("✖ cancelled; " + what);
                yield 1;
            }
            case REFUSED, FAILED, REQUESTED, RUNNING -> {
                out.println("✖ %s: %s".formatted(row.state().label(), row.reason()));
                yield 1;
            }
        };
    }
}
