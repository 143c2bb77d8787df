package dev.rowcast.standalone.fleet;

import dev.rowcast.embedded.Ports;
import dev.rowcast.standalone.ServiceJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A gateway as a process, at the same ports however often it is started.
final class GatewayNode implements AutoCloseable {

    /// A busy machine takes its time to start a JVM.
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);

    private final Map<String, String> environment;
    private final String leakDetection;
    private final Path folder;
    private final int port = Ports.free();
    private final int managementPort = Ports.free();
    private @Nullable ServiceJvm jvm;
    private int starts;

    /// @param environment but the ports
    /// @param leakDetection Netty's level of it
    /// @param folder for its log
    GatewayNode(Map<String, String> environment, String leakDetection, Path folder) {
        this.environment = new HashMap<>(environment);
        this.environment.put("ROWCAST_PORT", Integer.toString(port));
        this.environment.put("ROWCAST_MANAGEMENT_PORT", Integer.toString(managementPort));
        this.leakDetection = leakDetection;
        this.folder = folder;
    }

    int port() {
        return port;
    }

    /// Starts it and returns at once.
    GatewayNode launch() throws IOException {
        starts++;
        jvm = ServiceJvm.start(
                "gateway-%d-%d".formatted(port, starts),
                List.of(
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dio.netty.leakDetection.level=" + leakDetection,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        ServiceJvm.classPath(),
                        "dev.rowcast.gateway.app.Main"),
                environment,
                folder);
        return this;
    }

    GatewayNode awaitReady() {
        Awaitility.await().atMost(READY_WITHIN).until(this::isReady);
        return this;
    }

    boolean isReady() {
        return running().answers(URI.create("http://127.0.0.1:" + port + "/health/ready"));
    }

    /// What an operator sees at this path.
    String managed(String path) {
        return running().get(URI.create("http://127.0.0.1:" + managementPort + path));
    }

    /// How many files and sockets it has open.
    long openFiles() {
        try (var files =
                Files.list(Path.of("/proc", Long.toString(running().process().pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `kill -9`.
    void kill() throws InterruptedException {
        running().process().destroyForcibly().waitFor();
    }

    /// SIGTERM.
    ///
    /// @return how long it took to end
    Duration terminate() throws InterruptedException {
        long began = System.nanoTime();
        if (!running().stop(ENDS_WITHIN)) {
            throw new AssertionError("the gateway did not end:\n" + output());
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /// What it printed since it was started last.
    String output() {
        return running().output();
    }

    private ServiceJvm running() {
        if (jvm == null) {
            throw new IllegalStateException("not started");
        }
        return jvm;
    }

    @Override
    public void close() {
        if (jvm != null) {
            jvm.close();
        }
    }
}
