package dev.rowcast.bench;

import dev.rowcast.bench.machine.Folders;
import dev.rowcast.bench.machine.ProcessTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// What `up` costs while nothing happens, and how long it takes to start and to end.
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        description = "Measures start, idle processor time, memory and end of rowcast up (Linux).")
final class IdleCommand implements Callable<Integer> {

    private static final Pattern READY = Pattern.compile("Ready in ([0-9.]+) s");
    private static final Duration START_WITHIN = Duration.ofSeconds(180);

    @Option(names = "--settle", defaultValue = "60", description = "Seconds to wait first (default: ${DEFAULT-VALUE}).")
    private int settleSeconds;

    @Option(names = "--seconds", defaultValue = "30", description = "Seconds to watch (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("rowcast.home", ".")).toAbsolutePath();
        Path data = Files.createTempDirectory("rowcast-idle");
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("command", "./rowcast bench idle");
        try {
            figures.put("coldStartSeconds", measure(home, data, new LinkedHashMap<>()));
            figures.put("warmStartSeconds", measure(home, data, figures));
        } finally {
            Folders.delete(data);
        }
        PrintWriter out = spec.commandLine().getOut();
        figures.forEach((name, value) -> out.println("%-18s %s".formatted(name, value)));
        Path results = Files.createDirectories(home.resolve("bench/results"));
        Files.writeString(
                results.resolve("idle.json"),
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(figures) + "\n");
        return 0;
    }

    /// @param figures gets what was seen while it ran and how it ended; nothing is watched when it is empty
    /// @return seconds until it said that it was ready
    private double measure(Path home, Path data, Map<String, Object> figures) throws IOException, InterruptedException {
        Path output = data.resolve("output.txt");
        Process up = new ProcessBuilder(
                        home.resolve("rowcast").toString(),
                        "up",
                        "--data=" + data.resolve("data"),
                        "--port=0",
                        "--management-port=0",
                        "--postgres-port=0",
                        "--kafka-port=0",
                        "--redis-port=0",
                        "--registry-port=0")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            double ready = awaitReady(up, output);
            if (!figures.isEmpty()) {
                watch(up, figures);
            }
            long begin = System.nanoTime();
            up.destroy();
            up.waitFor(30, TimeUnit.SECONDS);
            figures.put("endSeconds", (System.nanoTime() - begin) / 100_000_000 / 10.0);
            return ready;
        } finally {
            up.destroyForcibly();
        }
    }

    private void watch(Process up, Map<String, Object> figures) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(settleSeconds);
        ProcessTree tree = new ProcessTree(up.toHandle());
        double before = tree.processorSeconds();
        TimeUnit.SECONDS.sleep(seconds);
        figures.put("idleCores", Math.round((tree.processorSeconds() - before) / seconds * 1000) / 1000.0);
        figures.put("residentMiB", tree.proportionalMiB());
    }

    private static double awaitReady(Process up, Path output) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        while (up.isAlive() && System.nanoTime() < deadline) {
            Matcher ready = READY.matcher(Files.readString(output));
            if (ready.find()) {
                return Double.parseDouble(ready.group(1));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IllegalStateException("up did not become ready: " + Files.readString(output));
    }
}
