package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.Management;
import dev.rowcast.bench.machine.Wait;
import dev.rowcast.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Ingest as its image runs it, with every guarantee on.
final class RowcastCapture implements Capture {

    private static final Duration START_WITHIN = Duration.ofSeconds(90);

    private final Parts parts;
    private final String source;
    private final Child child;
    private final Management management;

    private RowcastCapture(Parts parts, String source, Child child, Management management) {
        this.parts = parts;
        this.source = source;
        this.child = child;
        this.management = management;
    }

    /// Starts it and returns when it is ready.
    ///
    /// @param source names the slot, the publication and the topics; not used before
    static RowcastCapture start(Parts parts, Path folder, String source)
            throws IOException, SQLException, InterruptedException {
        parts.execute(
                "create publication rowcast_%s for table small_rows, wide_rows, rowcast.api_keys, rowcast.heartbeat"
                        .formatted(source));
        Path catalog = Files.writeString(
                folder.resolve(source + ".yaml"), "source: %s%n%s".formatted(source, Shape.catalog()));
        int port = Ports.free();
        Child child = Child.start(
                "ingest-" + source,
                folder,
                "dev.rowcast.ingest.app.Main",
                List.of("--logging.config=classpath:logback-measured.xml"),
                Map.of(
                        "DATABASE_URL",
                        "postgresql://%s:%s@%s:%d/%s"
                                .formatted(
                                        parts.database().user(),
                                        parts.database().password(),
                                        parts.database().host(),
                                        parts.database().port(),
                                        parts.database().database()),
                        "KAFKA_BOOTSTRAP_SERVERS",
                        parts.kafka(),
                        "SCHEMA_REGISTRY_URL",
                        parts.registry(),
                        "ROWCAST_CATALOG",
                        catalog.toString(),
                        "ROWCAST_MANAGEMENT_PORT",
                        Integer.toString(port)));
        RowcastCapture capture = new RowcastCapture(parts, source, child, new Management(port));
        try {
            Wait.until("ingest is ready", START_WITHIN, () -> {
                child.requireAlive();
                return capture.management.ready();
            });
        } catch (IllegalStateException e) {
            child.close();
            throw new IllegalStateException(e.getMessage() + "\n" + child.tail(), e);
        }
        return capture;
    }

    @Override
    public Child child() {
        return child;
    }

    Management management() {
        return management;
    }

    @Override
    public String rowTopic(Shape shape) {
        return "cdc.%s.%s".formatted(source, shape.topic());
    }

    @Override
    public int restarts() {
        return (int) management.metric("rowcast_ingest_restarts_total");
    }

    @Override
    public void close() throws IOException, SQLException, InterruptedException {
        child.close();
        Slots.drop(parts, "rowcast_" + source);
        parts.execute("drop publication rowcast_" + source);
    }
}
