package dev.rowcast.bench.machine;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What a service says of itself over HTTP.
public final class Management {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;

    public Management(int port) {
        this.url = "http://127.0.0.1:%d/actuator/".formatted(port);
    }

    public boolean ready() throws InterruptedException {
        return isGood(URI.create(url + "health/readiness"));
    }

    /// Whether this is answered with status 200 now.
    public static boolean isGood(URI address) throws InterruptedException {
        try {
            return get(address).statusCode() == 200;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /// The sum over all labels; 0 when there is no such metric or no answer.
    public double metric(String name) {
        try {
            return sum(get(URI.create(url + "prometheus")).body(), name);
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

    /// What the heap holds after a collection, in bytes.
    ///
    /// @param process the service's
    public long liveHeapBytes(ProcessHandle process) throws IOException, InterruptedException {
        Process collection = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!collection.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("jcmd did not end");
        }
        return (long) metric("jvm_memory_used_bytes{area=\"heap\"");
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

    private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build(), BodyHandlers.ofString());
    }
}
