package dev.rowcast.bench.topology;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.Machine;
import dev.rowcast.bench.machine.Management;
import dev.rowcast.bench.machine.ProcessStat;
import dev.rowcast.bench.machine.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The streams processor as its image runs it.
final class Processor implements AutoCloseable {

    /// How it is started.
    ///
    /// @param name of the instance; its state is in a folder of this name
    /// @param session how long it is waited for when it is killed
    /// @param heapMiB of the JVM
    record Settings(String name, Guarantee guarantee, int standbys, Duration session, int heapMiB, List<String> flags) {

        static Settings of(Guarantee guarantee) {
            return new Settings("p1", guarantee, 0, Duration.ofSeconds(6), 512, List.of());
        }

        Settings withName(String other) {
            return new Settings(other, guarantee, standbys, session, heapMiB, flags);
        }

        Settings withFailover(int standbys, Duration session) {
            return new Settings(name, guarantee, standbys, session, heapMiB, flags);
        }

        Settings withHeapMiB(int other) {
            return new Settings(name, guarantee, standbys, session, other, flags);
        }

        Settings withFlags(List<String> other) {
            return new Settings(name, guarantee, standbys, session, heapMiB, other);
        }
    }

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final Child child;
    private final Management management;

    private Processor(Child child, Management management) {
        this.child = child;
        this.management = management;
    }

    /// Starts it and returns at once.
    static Processor launch(Broker broker, Path folder, Settings settings) throws IOException {
        Path catalog = Files.writeString(folder.resolve("rowcast.yaml"), Rows.CATALOG);
        int port = Machine.freePort();
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
                        "sixteen bytes at least",
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
    static Processor start(Broker broker, Path folder, Settings settings) throws IOException, InterruptedException {
        Processor processor = launch(broker, folder, settings);
        processor.awaitReady();
        return processor;
    }

    void awaitReady() throws InterruptedException {
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
    double seconds() throws IOException {
        return ProcessStat.of(child.handle()).ownSeconds();
    }

    /// What is on the heap after a collection, in bytes.
    long liveBytes() throws IOException, InterruptedException {
        return management.liveHeapBytes(child.handle());
    }

    Management management() {
        return management;
    }

    /// `kill -9`.
    void kill() throws InterruptedException {
        child.kill();
    }

    /// SIGTERM.
    @Override
    public void close() throws InterruptedException {
        child.close();
    }
}
