package dev.rowcast.bench.cache;

import dev.rowcast.bench.machine.Folders;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What the cache is worth, beside what else one could do.
@Command(
        name = "cache",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures the cache beside no cache, Redis alone, and look-aside with DEL on event, in one run.")
public final class CacheCommand implements Callable<Integer> {

    @Option(names = "--quick", description = "Everything once and short: about three minutes, for a first look.")
    private boolean quick;

    @Option(names = "--cells", split = ",", description = "What is measured: ${COMPLETION-CANDIDATES} (default: all).")
    private List<Cell> cells = List.of();

    @Option(names = "--sides", split = ",", description = "Who reads: ${COMPLETION-CANDIDATES} (default: all).")
    private List<Side> sides = List.of();

    @Option(names = "--faults", split = ",", description = "Of Redis: ${COMPLETION-CANDIDATES} (default: all).")
    private List<Fault> faults = List.of();

    @Option(names = "--reads", description = "A second, under the load (default: 1000).")
    private int readsPerSecond;

    @Option(names = "--writes", description = "A second, beside them (default: 20).")
    private int writesPerSecond;

    @Option(names = "--rooms", description = "That are read; the n-th as often as 1/n (default: 1000).")
    private int rooms;

    @Option(
            names = "--callers",
            split = ",",
            description = "At once, where as much is done as there can be, a trial each (default: 1,16).")
    private List<Integer> callers = List.of();

    @Option(names = "--seconds", description = "Of a trial (default: 20).")
    private int seconds;

    @Option(names = "--warm-up", description = "Seconds before each trial of the load (default: 10).")
    private int warmUpSeconds = -1;

    @Option(names = "--rounds", description = "Trials of each kind (default: 3).")
    private int rounds;

    @Option(names = "--out", description = "The folder for cache.json and cache.md (default: bench/results).")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Path home = Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath();
        Plan plan = plan();
        Path folder = Files.createTempDirectory("rowcast-cache");
        CacheBench.Result result;
        try {
            result = new CacheBench(plan, home, folder, this::say).run();
        } finally {
            Folders.delete(folder);
        }
        CacheReport report = new CacheReport(plan, result);
        say(report.text());
        say("Written to " + report.save(out == null ? home.resolve("bench/results") : out));
        return result.problems().isEmpty() ? 0 : 1;
    }

    /// What the options say.
    Plan plan() {
        Plan standard = quick ? Plan.QUICK : Plan.WHOLE;
        return new Plan(
                cells.isEmpty() ? standard.cells() : cells,
                sides.isEmpty() ? standard.sides() : sides,
                faults.isEmpty() ? standard.faults() : faults,
                readsPerSecond > 0 ? readsPerSecond : standard.readsPerSecond(),
                writesPerSecond > 0 ? writesPerSecond : standard.writesPerSecond(),
                rooms > 0 ? rooms : standard.rooms(),
                standard.slowness(),
                callers.isEmpty() ? standard.callers() : callers,
                seconds > 0 ? Duration.ofSeconds(seconds) : standard.time(),
                warmUpSeconds >= 0 ? Duration.ofSeconds(warmUpSeconds) : standard.warmUp(),
                rounds > 0 ? rounds : standard.rounds());
    }

    private void say(String line) {
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(line);
        printer.flush();
    }
}
