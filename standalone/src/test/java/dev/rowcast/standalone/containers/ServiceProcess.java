package dev.rowcast.standalone.containers;

import java.io.IOException;
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

/// A service as its image starts it, without the container: the same entry point, and no variable but the given ones.
///
/// @param environment its variables; the ports among them are where it listens
record ServiceProcess(String name, Process process, Map<String, String> environment, Path log)
        implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// @param entryPoint the image's
    static ServiceProcess start(String name, List<String> entryPoint, Map<String, String> environment, Path folder)
            throws IOException {
        var command = entryPoint.stream()
                .map(word -> switch (word) {
                    case "java" ->
                        Path.of(System.getProperty("java.home"), "bin/java").toString();
                    case "@/app/jvm.options" ->
                        "@" + Path.of("../infra/images/jvm.options").toAbsolutePath();
                    case "/app/rowcast/*:/app/lib/*" -> System.getProperty("java.class.path");
                    default -> word;
                })
                .toList();
        Path log = folder.resolve(name + ".log");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new ServiceProcess(name, builder.start(), environment, log);
    }

    /// Whether the address answers 200.
    ///
    /// @throws IllegalStateException when the process has ended
    boolean answers(String url) {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + output());
        }
        try {
            return HTTP.send(request(url), BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String get(String url) throws IOException, InterruptedException {
        return HTTP.send(request(url), BodyHandlers.ofString()).body();
    }

    /// An address of the container, with the port where this process has what the container has there.
    URI here(String url) {
        String port = environment.getOrDefault("ROWCAST_PORT", "none");
        return URI.create(url.replace(":8080/", ":" + port + "/")
                .replace(":8081/", ":" + environment.get("ROWCAST_MANAGEMENT_PORT") + "/"));
    }

    private String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private HttpRequest request(String url) {
        return HttpRequest.newBuilder(here(url)).timeout(Duration.ofSeconds(5)).build();
    }

    /// Asks it to end, as `docker compose stop` does.
    ///
    /// @return whether it ended in time
    boolean stop(Duration within) throws InterruptedException {
        process.destroy();
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
