package dev.rowcast.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A service in a JVM of its own, with no variable but the given ones. It does not survive the test.
///
/// @param name for people
/// @param log what it prints
public record ServiceJvm(String name, Process process, Path log) implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// This test's class path.
    public static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /// @param words what follows `java`; the last one is the main class
    /// @param environment its variables
    /// @param folder where it runs; gets its log, `name.log`
    public static ServiceJvm start(String name, List<String> words, Map<String, String> environment, Path folder)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(words);
        command.add(command.size() - 1, WithParent.class.getName());
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new ServiceJvm(name, builder.start(), log);
    }

    /// Whether the address answers 200.
    ///
    /// @throws IllegalStateException when the process has ended
    public boolean answers(URI address) {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + output());
        }
        try {
            return fetch(address).statusCode() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /// What it says there.
    public String get(URI address) {
        try {
            return fetch(address).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse<String> fetch(URI address) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(address)
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// What it printed.
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// SIGTERM.
    ///
    /// @return whether it ended in time
    public boolean stop(Duration within) throws InterruptedException {
        process.destroy();
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// `kill -9`.
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
