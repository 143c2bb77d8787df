package dev.rowcast.ingest;

import dev.rowcast.ingest.engine.CaptureLimits;
import dev.rowcast.schemas.database.DatabaseUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Ingest in a process of its own, which tests can kill.
final class ChildProcess {

    /// Of a busy machine, until it reads from its slot.
    static final Duration STARTS_WITHIN = World.PATIENCE.multipliedBy(3);

    private ChildProcess() {}

    /// @param transactionRows above it a transaction leaves in parts
    static Process start(World world, int transactionRows) throws IOException {
        IngestConfig config = world.config();
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ChildProcess.class.getName(),
                        world.source,
                        Integer.toString(transactionRows)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(logOf(world).toFile()));
        builder.environment()
                .putAll(Map.of(
                        "DATABASE_URL",
                        "postgresql://%s:%s@%s:%d/%s"
                                .formatted(
                                        config.database().user(),
                                        config.database().password(),
                                        config.database().host(),
                                        config.database().port(),
                                        config.database().database()),
                        "KAFKA_BOOTSTRAP_SERVERS",
                        config.bootstrapServers(),
                        "SCHEMA_REGISTRY_URL",
                        config.registryUrl()));
        return builder.start();
    }

    /// Its log, which may end in the middle of a character.
    static String said(World world) throws IOException {
        return new String(Files.readAllBytes(logOf(world)), StandardCharsets.UTF_8);
    }

    private static Path logOf(World world) {
        return Path.of("target", "child-" + world.source + ".log");
    }

    public static void main(String[] args) throws InterruptedException {
        IngestConfig config = IngestConfig.of(
                        DatabaseUrl.parse(System.getenv("DATABASE_URL")),
                        System.getenv("KAFKA_BOOTSTRAP_SERVERS"),
                        System.getenv("SCHEMA_REGISTRY_URL"),
                        World.catalog(args[0], World.NOTES_CATALOG))
                .withHeartbeatEvery(Duration.ofMillis(200))
                .withLimits(new CaptureLimits(Integer.parseInt(args[1]), CaptureLimits.DEFAULT.transactionBytes()));
        try (Ingest ingest = Ingest.start(config, new SimpleMeterRegistry(), IngestListener.SILENT)) {
            new CountDownLatch(1).await();
        }
    }
}
