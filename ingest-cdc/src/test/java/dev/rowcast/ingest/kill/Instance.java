package dev.rowcast.ingest.kill;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.ingest.Ingest;
import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.ingest.IngestListener;
import dev.rowcast.ingest.engine.CaptureLimits;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.database.DatabaseUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Ingest in a process of its own with a small heap, which dies when that does not suffice.
final class Instance {

    private static final String HEAP = "-Xmx160m";
    private static final Duration HEARTBEAT = Duration.ofMillis(200);

    private final Process process;
    private final Path log;

    private Instance(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// @param limits above them a transaction leaves in parts
    static Instance start(
            EmbeddedParts parts, Postgres.Database database, String source, CaptureLimits limits, Path log)
            throws IOException {
        Files.createDirectories(log.getParent());
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Instance.class.getName(),
                        source,
                        Integer.toString(limits.transactionRows()),
                        Long.toString(limits.transactionBytes()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "DATABASE_URL",
                        "postgresql://%s:%s@%s:%d/%s"
                                .formatted(
                                        database.user(),
                                        database.password(),
                                        database.host(),
                                        database.port(),
                                        database.name()),
                        "KAFKA_BOOTSTRAP_SERVERS",
                        parts.kafka().bootstrapServers(),
                        "SCHEMA_REGISTRY_URL",
                        parts.registry().url()));
        return new Instance(builder.start(), log);
    }

    public static void main(String[] args) throws CatalogException {
        IngestConfig config = IngestConfig.of(
                        DatabaseUrl.parse(System.getenv("DATABASE_URL")),
                        System.getenv("KAFKA_BOOTSTRAP_SERVERS"),
                        System.getenv("SCHEMA_REGISTRY_URL"),
                        Catalog.parse("rowcast.yaml", Tables.CATALOG.formatted(args[0])))
                .withHeartbeatEvery(HEARTBEAT)
                .withLimits(new CaptureLimits(Integer.parseInt(args[1]), Long.parseLong(args[2])));
        try (Ingest ingest = Ingest.start(config, new SimpleMeterRegistry(), IngestListener.SILENT)) {
            // A run that is stopped leaves nobody behind.
            ProcessHandle.current().parent().orElseThrow().onExit().join();
        }
    }

    /// `kill -9`, and waits for the end.
    ///
    /// @throws AssertionError when it had ended by itself
    void kill() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("ingest ended by itself with %d; see %s".formatted(process.exitValue(), log));
        }
        process.destroyForcibly().waitFor();
    }

    /// As [#kill], whatever became of it.
    void endAnyhow() {
        process.destroyForcibly();
    }

    /// SIGSTOP: it stands still, with all its connections open.
    void suspend() throws IOException, InterruptedException {
        signal("STOP");
    }

    /// SIGCONT.
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /// The most memory that it had so far, in KiB; 0 where the system does not tell.
    long peakKiB() throws IOException {
        Path status = Path.of("/proc/%d/status".formatted(process.pid()));
        if (!Files.exists(status)) {
            return 0;
        }
        List<String> lines = Files.readAllLines(status);
        return lines.stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /// Whether a heartbeat came back through it, behind whatever it published first.
    boolean streams() throws IOException {
        return said().contains("to=\"streaming\"");
    }

    /// The last lines of its log.
    String lastWords() throws IOException {
        List<String> lines = said().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    /// Its log, which may end in the middle of a character.
    private String said() throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    }
}
