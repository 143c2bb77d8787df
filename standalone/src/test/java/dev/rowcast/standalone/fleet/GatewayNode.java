package dev.rowcast.standalone.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A gateway as a process, at the same ports however often it is started.
final class GatewayNode implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final Map<String, String> environment;
    private final String leakDetection;
    private final Path folder;
    private final int port = freePort();
    private final int managementPort = freePort();
    private @Nullable Process process;
    private int starts;

    /// @param environment but the ports
    /// @param leakDetection Netty's level of it
    /// @param folder for its log
    GatewayNode(Map<String, String> environment, String leakDetection, Path folder) {
        this.environment = environment;
        this.leakDetection = leakDetection;
        this.folder = folder;
    }

    int port() {
        return port;
    }

    /// Starts it and returns at once.
    GatewayNode launch() {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dio.netty.leakDetection.level=" + leakDetection,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "dev.rowcast.gateway.app.Main"))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("ROWCAST_PORT", Integer.toString(port));
        builder.environment().put("ROWCAST_MANAGEMENT_PORT", Integer.toString(managementPort));
        starts++;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private Path log() {
        return folder.resolve("gateway-%d-%d.log".formatted(port, starts));
    }

    GatewayNode awaitReady() {
        Awaitility.await().atMost(READY_WITHIN).until(this::isReady);
        return this;
    }

    boolean isReady() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("the gateway has ended:\n" + output());
        }
        try {
            return get(port, "/health/ready").statusCode() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /// What an operator sees at this path.
    String managed(String path) {
        try {
            return get(managementPort, path).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static java.net.http.HttpResponse<String> get(int port, String path) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    long pid() {
        return running().pid();
    }

    /// How many files and sockets it has open.
    long openFiles() {
        try (var files = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `kill -9`.
    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /// SIGTERM.
    ///
    /// @return how long it took to end
    Duration terminate() throws InterruptedException {
        long began = System.nanoTime();
        running().destroy();
        if (!running().waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the gateway did not end:\n" + output());
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /// What it printed since it was started last.
    String output() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
