package dev.rowcast.bench.fanout;

import dev.rowcast.bench.machine.Folders;
import dev.rowcast.bench.subscribers.Transport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What the gateway can do, with thousands of clients.
@Command(
        name = "fanout",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures the gateway with thousands of clients: what a delivery costs, and how late it comes (Linux).")
public final class FanoutCommand implements Callable<Integer> {

    @Option(
            names = "--cells",
            split = ",",
            defaultValue = "OPEN,PEAK",
            description = "What is measured: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Cell> cells;

    @Option(
            names = "--transports",
            split = ",",
            defaultValue = "SSE,WEBSOCKET",
            description = "${COMPLETION-CANDIDATES} (default: both).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Transport> transports;

    @Option(
            names = "--rate",
            defaultValue = "40",
            description = "Messages/s of an open loop (default: ${DEFAULT-VALUE}).")
    private int perSecond;

    @Option(
            names = "--subscribers",
            defaultValue = "1000",
            description = "Of the one channel (default: ${DEFAULT-VALUE}).")
    private int subscribers;

    @Option(
            names = "--bytes",
            split = ",",
            defaultValue = "100,1024",
            description = "Of a message, a trial each (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Integer> bytes;

    @Option(
            names = "--in-flight",
            split = ",",
            defaultValue = "8,32",
            description = "Messages of a closed loop that not everybody has yet, a trial each (default:"
                    + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Integer> inFlight;

    @Option(names = "--seconds", defaultValue = "10", description = "Of a trial (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "40", description = "Seconds before (default: ${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(names = "--rounds", defaultValue = "3", description = "Trials of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--no-pin",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether the gateway gets a processor of its own, with taskset, where that can be.")
    private boolean pin;

    @Option(names = "--flag", description = "For the gateway's JVM, such as those of a profiler; repeatable.")
    private List<String> flags = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path home = Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath();
        Path folder = Files.createTempDirectory("rowcast-fanout");
        Plan plan = plan();
        FanoutBench.Result result;
        try {
            result = new FanoutBench(plan, folder, line -> {
                        out.println(line);
                        out.flush();
                    })
                    .run();
        } finally {
            Folders.delete(folder);
        }
        FanoutReport report = new FanoutReport(plan, result);
        out.println(report.text());
        out.println("Written to " + home.relativize(report.save(home.resolve("bench/results"))));
        return result.problems().isEmpty() ? 0 : 1;
    }

    private Plan plan() {
        return new Plan(
                cells,
                transports,
                perSecond,
                subscribers,
                bytes,
                inFlight,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUpSeconds),
                rounds,
                pin,
                flags);
    }
}
