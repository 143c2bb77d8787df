package dev.rowcast.bench.machine;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// What a service says of itself over HTTP.
public final class Management {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;

    public Management(int port) {
        this.url = "http://127.0.0.1:%d/actuator/".formatted(port);
    }

    public boolean ready() throws InterruptedException {
        try {
            return get("health/readiness").statusCode() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /// The sum over all labels; 0 when there is no such metric or no answer.
    public double metric(String name) {
        try {
            return sum(get("prometheus").body(), name);
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /// What the heap holds, garbage included.
    public long heapMiB() {
        return (long) metric("jvm_memory_used_bytes{area=\"heap\"") / (1024 * 1024);
    }

    /// @param name with the beginning of its labels when only some count, such as `jvm_memory_used_bytes{area="heap"`
    public static double sum(String exposition, String name) {
        return exposition
                .lines()
                .filter(line -> line.startsWith(name))
                .filter(line ->
                        name.contains("{") || line.charAt(name.length()) == '{' || line.charAt(name.length()) == ' ')
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(Duration.ofSeconds(5))
                        .build(),
                BodyHandlers.ofString());
    }
}
