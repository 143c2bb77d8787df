package dev.rowcast.bench.processor;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.Management;
import dev.rowcast.bench.machine.ProcessStat;
import dev.rowcast.bench.machine.Wait;
import dev.rowcast.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The streams processor as its image runs it.
public final class Processor implements AutoCloseable {

    /// How it is started.
    ///
    /// @param name of the instance; its state is in a folder of this name
    /// @param session how long it is waited for when it is killed
    /// @param heapMiB of the JVM
    /// @param catalog as YAML
    public record Settings(
            String name,
            Guarantee guarantee,
            int standbys,
            Duration session,
            int heapMiB,
            List<String> flags,
            String catalog) {

        public static Settings of(Guarantee guarantee, String catalog) {
            return new Settings("p1", guarantee, 0, Duration.ofSeconds(6), 512, List.of(), catalog);
        }

        public Settings withName(String other) {
            return new Settings(other, guarantee, standbys, session, heapMiB, flags, catalog);
        }

        public Settings withFailover(int standbys, Duration session) {
            return new Settings(name, guarantee, standbys, session, heapMiB, flags, catalog);
        }

        public Settings withHeapMiB(int other) {
            return new Settings(name, guarantee, standbys, session, other, flags, catalog);
        }

        public Settings withFlags(List<String> other) {
            return new Settings(name, guarantee, standbys, session, heapMiB, other, catalog);
        }
    }

    /// What it signs cursors with.
    public static final String CURSOR_SECRET = "sixteen bytes at least";

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final Child child;
    private final Management management;

    private Processor(Child child, Management management) {
        this.child = child;
        this.management = management;
    }

    /// Starts it and returns at once.
    public static Processor launch(Broker broker, Path folder, Settings settings) throws IOException {
        Path catalog = Files.writeString(folder.resolve("rowcast.yaml"), settings.catalog());
        int port = Ports.free();
        List<String> flags = new ArrayList<>(List.of("-Xmx" + settings.heapMiB() + "m"));
        flags.addAll(settings.flags());
        Child child = Child.start(
                "processor-" + settings.name(),
                folder,
                flags,
                "dev.rowcast.streams.app.server.StreamsProcessor",
                List.of("--logging.config=classpath:logback-measured.xml"),
                Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        broker.kafka(),
                        "SCHEMA_REGISTRY_URL",
                        broker.registry(),
                        "ROWCAST_CATALOG",
                        catalog.toString(),
                        "ROWCAST_CURSOR_SECRET",
                        CURSOR_SECRET,
                        "ROWCAST_STREAMS_STATE_DIR",
                        folder.resolve(settings.name()).toString(),
                        "ROWCAST_STREAMS_GUARANTEE",
                        settings.guarantee().name(),
                        "ROWCAST_STREAMS_STANDBYS",
                        Integer.toString(settings.standbys()),
                        "ROWCAST_STREAMS_SESSION_TIMEOUT",
                        settings.session().toMillis() + "ms",
                        "ROWCAST_MANAGEMENT_PORT",
                        Integer.toString(port)));
        return new Processor(child, new Management(port));
    }

    /// Starts it and returns when it processes.
    public static Processor start(Broker broker, Path folder, Settings settings)
            throws IOException, InterruptedException {
        Processor processor = launch(broker, folder, settings);
        processor.awaitReady();
        return processor;
    }

    public void awaitReady() throws InterruptedException {
        try {
            Wait.until("the processor is ready", READY_WITHIN, () -> {
                child.requireAlive();
                return management.ready();
            });
        } catch (IllegalStateException e) {
            close();
            throw new IllegalStateException(e.getMessage() + "\n" + child.tail(), e);
        }
    }

    /// Processor time that it has used, in seconds.
    public double seconds() throws IOException {
        return ProcessStat.of(child.handle()).ownSeconds();
    }

    /// What is on the heap after a collection, in bytes.
    public long liveBytes() throws IOException, InterruptedException {
        return management.liveHeapBytes(child.handle());
    }

    public Management management() {
        return management;
    }

    /// `kill -9`.
    public void kill() throws InterruptedException {
        child.kill();
    }

    /// SIGTERM.
    @Override
    public void close() throws InterruptedException {
        child.close();
    }
}
