package dev.rowcast.bench;

import dev.rowcast.bench.machine.Folders;
import dev.rowcast.standalone.stack.Stack;
import dev.rowcast.standalone.stack.StackListener;
import dev.rowcast.standalone.stack.StackSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Commit to client, per hop, at several rates.
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = "Measures commit→client per hop with one client, open loop, after a warm-up.")
final class LatencyCommand implements Callable<Integer> {

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "10,100,1000",
            description = "Changes a second (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Integer> rates;

    @Option(names = "--seconds", defaultValue = "20", description = "For each rate (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "40",
            description = "Seconds at the highest rate first (default: ${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        PrintWriter out = spec.commandLine().getOut();
        Path home = Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath();
        Path data = Files.createTempDirectory("rowcast-bench");
        List<Measured> results = new ArrayList<>();
        try (Stack stack =
                Stack.start(StackSettings.embedded(home, data, "vaults").onFreePorts(), StackListener.SILENT)) {
            int highest = rates.stream().mapToInt(Integer::intValue).max().orElseThrow();
            out.println("Warming up for %d s at %d changes/s.".formatted(warmUpSeconds, highest));
            out.flush();
            new LatencyRun(stack.addresses(), highest, Duration.ofSeconds(warmUpSeconds)).run("warm");
            for (int rate : rates) {
                out.println("Measuring %d s at %d changes/s.".formatted(seconds, rate));
                out.flush();
                results.add(new LatencyRun(stack.addresses(), rate, Duration.ofSeconds(seconds)).run("r" + rate));
            }
        } finally {
            Folders.delete(data);
        }
        Report report = new Report(results);
        out.println(report.table());
        report.save(home.resolve("bench/results"));
        out.println("Written to bench/results/latency.json and latency.svg");
        return results.stream().allMatch(result -> result.got() == result.sent()) ? 0 : 1;
    }
}
