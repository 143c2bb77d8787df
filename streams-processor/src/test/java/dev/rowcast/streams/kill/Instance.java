package dev.rowcast.streams.kill;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.streams.app.StreamsApp;
import dev.rowcast.streams.app.StreamsConfig;
import dev.rowcast.streams.app.StreamsConfig.Guarantee;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A streams processor in a process of its own.
final class Instance {

    /// More than the suite's broker asks for, and much less than other brokers do.
    static final Duration SESSION = Duration.ofSeconds(2);

    private static final String SECRET = "a secret of sixteen bytes or more";
    private static final int LAST_LINES = 15;

    private final Process process;
    private final Path log;

    private Instance(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// @param folder for its state and its log; the same one after a kill
    static Instance start(String kafka, String registry, Guarantee guarantee, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("log.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx160m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Instance.class.getName(),
                        kafka,
                        registry,
                        guarantee.name(),
                        folder.resolve("state").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new Instance(builder.start(), log);
    }

    public static void main(String[] args) {
        StreamsConfig config = StreamsConfig.of(
                args[0], args[1], Catalog.parse("rowcast.yaml", History.CATALOG), SECRET, Path.of(args[3]));
        StreamsConfig whole = config.withGuarantee(Guarantee.valueOf(args[2]))
                .withFailover(config.failover().withStandbys(1).withSessionTimeout(SESSION));
        try (StreamsApp app = StreamsApp.start(whole, new SimpleMeterRegistry())) {
            // A run that is stopped leaves nobody behind.
            ProcessHandle.current().parent().orElseThrow().onExit().join();
            // Its broker is gone as well, and threads that wait for it would keep the process alive.
            Runtime.getRuntime().halt(1);
        }
    }

    /// `kill -9`, and waits for the end.
    ///
    /// @throws AssertionError when it had ended by itself
    void kill() throws InterruptedException, IOException {
        if (!process.isAlive()) {
            throw new AssertionError(
                    "a processor ended by itself with %d:%n%s".formatted(process.exitValue(), lastWords()));
        }
        process.destroyForcibly().waitFor();
    }

    /// As [#kill], whatever became of it.
    void endAnyhow() {
        process.destroyForcibly();
    }

    private String lastWords() throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
