package dev.rowcast.bench.fanout;

import dev.rowcast.bench.machine.Folders;
import dev.rowcast.bench.subscribers.Transport;
import dev.rowcast.bench.table.Table;
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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What the gateway can do, with thousands of clients.
@Command(
        name = "fanout",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures the gateway with thousands of clients: cost, delay, memory, storms, neighbours (Linux).",
            "With --url: connects clients to a gateway that runs, and tells what comes."
        })
public final class FanoutCommand implements Callable<Integer> {

    @Option(names = "--quick", description = "Everything once, small and short: about two minutes, for a first look.")
    private boolean quick;

    @Option(names = "--cells", split = ",", description = "What is measured: ${COMPLETION-CANDIDATES} (default: all).")
    private List<Cell> cells = List.of();

    @Option(names = "--transports", split = ",", description = "${COMPLETION-CANDIDATES} (default: both).")
    private List<Transport> transports = List.of();

    @Option(
            names = "--feed",
            description = "DELIVERIES are written ready-made by the bench; with TOPOLOGY rows go through the streams"
                    + " processor (default: DELIVERIES).")
    private @Nullable FeedKind feed;

    @Option(names = "--rate", description = "Messages/s of an open loop (default: 40).")
    private int perSecond;

    @Option(names = "--subscribers", description = "Of the one channel (default: 1000; with --url 10).")
    private int subscribers;

    @Option(names = "--bytes", split = ",", description = "Of a message, a trial each (default: 100,1024).")
    private List<Integer> bytes = List.of();

    @Option(
            names = "--in-flight",
            split = ",",
            description = "Messages of a closed loop that not everybody has yet, a trial each (default: 8,32).")
    private List<Integer> inFlight = List.of();

    @Option(names = "--connections", description = "Of a storm, and of those that are idle (default: 10000).")
    private int connections;

    @Option(names = "--seconds", description = "Of a trial (default: 10; with --url 30).")
    private int seconds;

    @Option(names = "--warm-up", description = "Seconds before the first trial (default: 40).")
    private int warmUpSeconds = -1;

    @Option(names = "--rounds", description = "Trials of each kind (default: 3).")
    private int rounds;

    @Option(
            names = "--no-pin",
            description = "Leave all processors to the gateway. By default it has one of its own, with taskset, where"
                    + " there are two.")
    private boolean unpinned;

    @Option(
            names = "--no-bare",
            description = "Leave out the bare Netty server beside which OPEN and PEAK are measured.")
    private boolean alone;

    @Option(names = "--flag", description = "For the gateway's JVM, such as those of a profiler; repeatable.")
    private List<String> flags = List.of();

    @Option(names = "--out", description = "The folder for fanout.json and fanout.md (default: bench/results).")
    private @Nullable Path out;

    @Option(names = "--url", description = "A gateway that runs, such as http://localhost:8080; nothing is started.")
    private @Nullable String url;

    @Option(names = "--channel", description = "With --url: what the clients subscribe to; repeatable.")
    private List<String> channels = List.of();

    @Option(names = "--key", description = "With --url: a publishable key, pk_….")
    private @Nullable String key;

    @Option(names = "--token", description = "With --url: a JWT.")
    private @Nullable String token;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return url == null ? measure() : watch(url);
    }

    private int measure() throws Exception {
        Path home = Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath();
        Path folder = Files.createTempDirectory("rowcast-fanout");
        Plan plan = plan();
        FanoutBench.Result result;
        try {
            result = new FanoutBench(plan, folder, this::say).run();
        } finally {
            Folders.delete(folder);
        }
        FanoutReport report = new FanoutReport(plan, result);
        say(report.text());
        say("Written to " + report.save(out == null ? home.resolve("bench/results") : out));
        return result.problems().isEmpty() ? 0 : 1;
    }

    private int watch(String at) throws InterruptedException {
        if (channels.isEmpty() || (key == null) == (token == null)) {
            throw new ParameterException(spec.commandLine(), "with --url say --channel, and one of --key and --token");
        }
        String credential = key == null ? "Authorization: Bearer " + token : "apikey: " + key;
        Transport transport = transports.isEmpty() ? Transport.SSE : transports.getFirst();
        int clients = subscribers > 0 ? subscribers : 10;
        Duration time = Duration.ofSeconds(seconds > 0 ? seconds : 30);
        Row row = new Watch(at, transport, credential, channels, clients, this::say).run(time);
        say("\n" + Table.of(List.of(row.line())));
        return 0;
    }

    private void say(String line) {
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(line);
        printer.flush();
    }

    private Plan plan() {
        Plan standard = quick ? Plan.QUICK : Plan.WHOLE;
        return new Plan(
                cells.isEmpty() ? standard.cells() : cells,
                transports.isEmpty() ? standard.transports() : transports,
                feed == null ? standard.feed() : feed,
                perSecond > 0 ? perSecond : standard.perSecond(),
                subscribers > 0 ? subscribers : standard.subscribers(),
                bytes.isEmpty() ? standard.bytes() : bytes,
                inFlight.isEmpty() ? standard.inFlight() : inFlight,
                connections > 0 ? connections : standard.connections(),
                seconds > 0 ? Duration.ofSeconds(seconds) : standard.time(),
                warmUpSeconds >= 0 ? Duration.ofSeconds(warmUpSeconds) : standard.warmUp(),
                rounds > 0 ? rounds : standard.rounds(),
                !unpinned,
                standard.bare() && !alone,
                flags);
    }
}
