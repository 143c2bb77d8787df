package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Folders;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Rows a second and commit → topic, ours and Debezium's on Connect, in one run.
@Command(
        name = "capture",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures capture into Kafka beside Debezium on a Kafka Connect worker (Linux).")
public final class CaptureCommand implements Callable<Integer> {

    @Option(names = "--quick", description = "Fewer rows and a short outage: under 3 minutes, for a first look.")
    private boolean quick;

    @Option(
            names = "--sides",
            split = ",",
            description =
                    "Who is measured: ${COMPLETION-CANDIDATES} (default: all; with --quick without CONNECT_ONCE).")
    private List<Side> sides = List.of();

    @Option(
            names = "--shapes",
            split = ",",
            defaultValue = "COPY,SMALL,WIDE",
            description = "What is written: ${COMPLETION-CANDIDATES} (default: all).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<Shape> shapes;

    @Option(names = "--rows", description = "Rows of a trial; a fifth of them when they are wide.")
    private int rows;

    @Option(
            names = "--turns",
            description = "How often each side runs, in a new process each time; the order alternates.")
    private int turns;

    @Option(names = "--rounds", description = "Trials of each kind while a process runs.")
    private int rounds;

    @Option(names = "--latency-seconds", description = "How long commit → topic is measured; 0 leaves it out.")
    private int latencySeconds = -1;

    @Option(names = "--outage-seconds", description = "How long Kafka is away; 0 leaves it out.")
    private int outageSeconds = -1;

    @Option(names = "--minutes", description = "A further turn is left out when it would take longer (10; 3 if quick).")
    private int minutes;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path home = Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath();
        Path folder = Files.createTempDirectory("rowcast-capture");
        Plan plan = plan();
        Result result;
        try {
            result = new CaptureBench(plan, home, folder, line -> {
                        out.println(line);
                        out.flush();
                    })
                    .run();
        } finally {
            Folders.delete(folder);
        }
        CaptureReport report = new CaptureReport(plan, result);
        out.println(report.text());
        report.save(home.resolve("bench/results"));
        out.println("Written to bench/results/" + plan.file());
        return result.clean() ? 0 : 1;
    }

    private Plan plan() {
        Plan standard = quick ? Plan.QUICK : Plan.WHOLE;
        return new Plan(
                sides.isEmpty() ? standard.sides() : sides,
                shapes,
                rows > 0 ? rows : standard.rows(),
                turns > 0 ? turns : standard.turns(),
                rounds > 0 ? rounds : standard.rounds(),
                latencySeconds >= 0 ? latencySeconds : standard.latencySeconds(),
                outageSeconds >= 0 ? outageSeconds : standard.outageSeconds(),
                standard.outagePerSecond(),
                minutes > 0 ? minutes : standard.minutes(),
                quick);
    }
}
