package dev.rowcast.standalone;

import dev.rowcast.embedded.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// `rowcast up` in a process of its own, as a person starts it, so that it can be ended as a person or a crash
/// ends it.
final class UpProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Process process;
    private final Path output;

    private UpProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /// Free ports for everything, as options; the same for every start of a test. Not of those from which the process
    /// draws by itself before it listens on these.
    static List<String> freePorts() {
        return Stream.of("", "management-", "postgres-", "kafka-", "redis-", "registry-")
                .map(part -> "--" + part + "port=" + Ports.freeOfCluster())
                .toList();
    }

    static UpProcess start(Path data, List<String> options) throws IOException {
        return start(data, options, Map.of());
    }

    static UpProcess start(Path data, List<String> options, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx640m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Drowcast.home=" + TestFolders.home(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.rowcast.standalone.Main",
                "up",
                "--data=" + data));
        command.addAll(options);
        Path output = Files.createTempFile("rowcast-up", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new UpProcess(builder.start(), output);
    }

    UpProcess awaitReady() {
        Awaitility.await("up says that it is ready")
                .atMost(PATIENCE)
                .failFast(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("up ended: " + output());
                    }
                })
                .until(() -> output().contains("Ready in"));
        return this;
    }

    String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /// As `kill -9` of the JVM: it gets no chance to stop what it had started.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// As Ctrl-C.
    ///
    /// @return whether it ended in this time
    boolean terminate(Duration within) throws InterruptedException {
        process.destroy();
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Waits for it to end by itself.
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("up did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws Exception {
        if (process.isAlive() && !terminate(Duration.ofSeconds(15))) {
            kill();
        }
        Files.deleteIfExists(output);
    }
}
