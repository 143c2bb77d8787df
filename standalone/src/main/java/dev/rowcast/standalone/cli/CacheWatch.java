package dev.rowcast.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;

/// Reads one row at a steady pace.
final class CacheWatch {

    private static final Duration EVERY = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final HttpClient client;
    private final HttpRequest request;
    private final PrintWriter out;
    private final WatchLines lines = new WatchLines();

    CacheWatch(HttpClient client, URI address, String token, PrintWriter out) {
        this.client = client;
        this.request = HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + token)
                .timeout(PATIENCE)
                .build();
        this.out = out;
    }

    /// Until the time is over, or an answer says that there is nothing to watch.
    void run(Duration time) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            long began = System.nanoTime();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            long tookMicros = (System.nanoTime() - began) / 1_000;
            if (response.statusCode() != OK) {
                throw new IOException(response.body());
            }
            WatchLines.Seen seen = new WatchLines.Seen(
                    header(response, "X-Cache"),
                    header(response, "Cache-Status"),
                    header(response, "ETag"),
                    tookMicros);
            lines.of(seen, began / 1_000_000)
                    .ifPresent(line -> out.println(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + "  " + line));
            out.flush();
            Thread.sleep(EVERY);
        }
        out.println(lines.summary());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
