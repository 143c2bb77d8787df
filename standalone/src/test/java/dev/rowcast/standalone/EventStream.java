package dev.rowcast.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client of `/v1/events` that knows no more than the HTML standard: event, id, data.
final class EventStream implements AutoCloseable {

    /// One event of the stream.
    record Event(String type, Optional<String> id, String data) {
        JsonNode json() {
            return JsonMapper.shared().readTree(data);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpResponse<InputStream> response;
    private final List<Event> events = new CopyOnWriteArrayList<>();

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        Thread.ofVirtual().start(this::read);
    }

    static EventStream open(String gateway, String query, String apiKey, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway + "/v1/events?" + query))
                .header("apikey", apiKey);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new EventStream(HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofInputStream()));
    }

    int status() {
        return response.statusCode();
    }

    List<Event> events() {
        return events;
    }

    Event await(String type) {
        return await(type, event -> true);
    }

    /// Waits for an event of this type that fits.
    Event await(String type, Predicate<Event> fits) {
        return Awaitility.await(type)
                .atMost(PATIENCE)
                .until(
                        () -> events.stream()
                                .filter(event -> event.type().equals(type))
                                .filter(fits)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private void read() {
        String type = "message";
        Optional<String> id = Optional.empty();
        StringBuilder data = new StringBuilder();
        try (var lines =
                new java.io.BufferedReader(new java.io.InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        events.add(new Event(type, id, data.toString()));
                    }
                    type = "message";
                    id = Optional.empty();
                    data.setLength(0);
                } else if (line.startsWith("event:")) {
                    type = line.substring(6).strip();
                } else if (line.startsWith("id:")) {
                    id = Optional.of(line.substring(3).strip());
                } else if (line.startsWith("data:")) {
                    data.append(line.substring(5).strip());
                }
            }
        } catch (IOException e) {
            events.add(new Event("closed", Optional.empty(), "{}"));
        }
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
