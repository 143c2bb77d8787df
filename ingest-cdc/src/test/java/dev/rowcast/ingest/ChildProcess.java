package dev.rowcast.ingest;

import dev.rowcast.schemas.database.DatabaseUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// Ingest in a process of its own, which tests can kill.
final class ChildProcess {

    private ChildProcess() {}

    public static void main(String[] args) throws InterruptedException {
        IngestConfig config = IngestConfig.of(
                        DatabaseUrl.parse(System.getenv("DATABASE_URL")),
                        System.getenv("KAFKA_BOOTSTRAP_SERVERS"),
                        System.getenv("SCHEMA_REGISTRY_URL"),
                        World.catalog(args[0], World.NOTES_CATALOG))
                .withHeartbeatEvery(Duration.ofMillis(200));
        try (Ingest ingest = Ingest.start(config, new SimpleMeterRegistry(), IngestListener.SILENT)) {
            new CountDownLatch(1).await();
        }
    }
}
