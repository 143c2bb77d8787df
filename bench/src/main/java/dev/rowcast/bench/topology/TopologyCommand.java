package dev.rowcast.bench.topology;

import dev.rowcast.bench.machine.Folders;
import dev.rowcast.bench.processor.Guarantee;
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

/// What the topology can do, without a database and without gateways.
@Command(
        name = "topology",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures the streams processor alone, in a process of its own, on a broker of its own.")
public final class TopologyCommand implements Callable<Integer> {

    @Option(
            names = "--cells",
            split = ",",
            defaultValue = "THROUGHPUT,AUDIENCE,DELIVERY,SUBSCRIBE,RESUME,SIZES,RESTORE,SILENCE",
            description = "What is measured: ${COMPLETION-CANDIDATES} (default: all).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Cell> cells;

    @Option(
            names = "--guarantees",
            split = ",",
            defaultValue = "AT_LEAST_ONCE,EXACTLY_ONCE",
            description = "${COMPLETION-CANDIDATES} (default: both).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Guarantee> guarantees;

    @Option(
            names = "--nodes",
            split = ",",
            defaultValue = "1,8",
            description = "Gateway nodes of a throughput trial (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Integer> nodes;

    @Option(
            names = "--subscribers",
            split = ",",
            defaultValue = "1,100,10000",
            description = "Subscribers of a throughput trial (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Integer> subscribers;

    @Option(
            names = "--changes",
            defaultValue = "200000",
            description = "Of a throughput trial; a fourth with several nodes (default: ${DEFAULT-VALUE}).")
    private int changes;

    @Option(names = "--rounds", defaultValue = "3", description = "Trials of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "15", description = "Of a latency trial (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--subscriptions",
            defaultValue = "1000000",
            description = "That are restored (default: ${DEFAULT-VALUE}).")
    private int subscriptions;

    @Option(names = "--flag", description = "For the processor's JVM, such as those of a profiler; repeatable.")
    private List<String> flags = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path home = Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath();
        Path folder = Files.createTempDirectory("rowcast-topology");
        Plan plan = new Plan(
                cells,
                guarantees,
                nodes,
                subscribers,
                changes,
                rounds,
                Duration.ofSeconds(seconds),
                subscriptions,
                flags);
        TopologyBench.Result result;
        try {
            result = new TopologyBench(plan, folder, line -> {
                        out.println(line);
                        out.flush();
                    })
                    .run();
        } finally {
            Folders.delete(folder);
        }
        TopologyReport report = new TopologyReport(result);
        out.println(report.text());
        out.println("Written to " + home.relativize(report.save(home.resolve("bench/results"))));
        return result.problems().isEmpty() ? 0 : 1;
    }
}
