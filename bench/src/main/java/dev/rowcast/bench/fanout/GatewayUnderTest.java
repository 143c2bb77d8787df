package dev.rowcast.bench.fanout;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.Cores;
import dev.rowcast.bench.machine.Management;
import dev.rowcast.bench.machine.ProcessStat;
import dev.rowcast.bench.machine.Wait;
import dev.rowcast.embedded.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The gateway as its image starts it, in a process of its own.
final class GatewayUnderTest implements AutoCloseable {

    private static final String MANY = "1000000";
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final Child child;
    private final int port;
    private final Management management;

    private GatewayUnderTest(Child child, int port, Management management) {
        this.child = child;
        this.port = port;
        this.management = management;
    }

    /// Starts it; [#awaitReady] waits for it.
    ///
    /// @param flags for its JVM
    static GatewayUnderTest start(
            Broker broker, Path folder, Path catalog, Secrets secrets, Cores cores, List<String> flags)
            throws IOException {
        int port = Ports.free();
        int managementPort = Ports.free();
        Child child = Child.start(
                "gateway",
                folder,
                cores.launcher(),
                flags,
                "dev.rowcast.gateway.app.Main",
                List.of(),
                Map.ofEntries(
                        Map.entry("KAFKA_BOOTSTRAP_SERVERS", broker.kafka()),
                        Map.entry("SCHEMA_REGISTRY_URL", broker.registry()),
                        Map.entry("ROWCAST_CATALOG", catalog.toString()),
                        Map.entry("ROWCAST_CURSOR_SECRET", secrets.cursor()),
                        Map.entry("ROWCAST_JWT_SECRET", secrets.token()),
                        Map.entry("ROWCAST_ADDRESS", "127.0.0.1"),
                        Map.entry("ROWCAST_PORT", Integer.toString(port)),
                        Map.entry("ROWCAST_MANAGEMENT_PORT", Integer.toString(managementPort)),
                        // All clients are of this machine, and come at once.
                        Map.entry("ROWCAST_LIMIT_CONNECTIONS_OF_ADDRESS", MANY),
                        Map.entry("ROWCAST_LIMIT_CONNECTIONS_OF_USER", MANY),
                        Map.entry("ROWCAST_LIMIT_CONNECTS_OF_ADDRESS", MANY),
                        Map.entry("ROWCAST_LIMIT_CONNECTS_PER_SECOND", MANY),
                        Map.entry("ROWCAST_LIMIT_REQUESTS_OF_ADDRESS", MANY)));
        return new GatewayUnderTest(child, port, new Management(managementPort));
    }

    /// Returns when it follows the log, which is later than when its process could serve.
    void awaitReady() throws InterruptedException {
        URI ready = URI.create("http://127.0.0.1:%d/health/ready".formatted(port));
        try {
            Wait.until("the gateway is ready", READY_WITHIN, () -> {
                child.requireAlive();
                return Management.isGood(ready);
            });
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + "\n" + child.tail(), e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    /// Processor time that it has used, user and system, in seconds.
    double seconds() throws IOException {
        return ProcessStat.of(child.handle()).ownSeconds();
    }

    /// Processor time that its JVM has spent to compile, in seconds.
    double compilingSeconds() {
        return management.metric("jvm_compilation_time_ms_total") / 1000;
    }

    /// Memory that it has in RAM.
    long residentKiB() throws IOException {
        return ProcessStat.of(child.handle()).residentMiB() * 1024;
    }

    /// What its heap holds after a collection.
    long liveHeapBytes() throws IOException, InterruptedException {
        return management.liveHeapBytes(child.handle());
    }

    /// How many clients it has.
    long connections() {
        return (long) management.metric("rowcast_connections");
    }

    long pid() {
        return child.handle().pid();
    }

    @Override
    public void close() throws InterruptedException {
        child.close();
    }
}
