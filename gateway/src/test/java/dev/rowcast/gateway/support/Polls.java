package dev.rowcast.gateway.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Long-polls, one request after the other.
public final class Polls {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Polls() {}

    /// One answer.
    ///
    /// @param body its text
    public record Answer(int status, String contentType, String body) {

        private JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        public List<String> types() {
            return json().path("messages")
                    .valueStream()
                    .map(message -> message.path("type").asString())
                    .toList();
        }

        /// The ids of the entities that it tells of, in order.
        public List<String> entities() {
            return json().path("messages")
                    .valueStream()
                    .filter(message -> message.path("type").asString().equals("INVALIDATE"))
                    .map(message -> message.path("payload")
                            .path("changes")
                            .path(0)
                            .path("entityId")
                            .asString())
                    .toList();
        }

        /// The messages, byte for byte.
        public List<String> texts() {
            List<String> texts = new ArrayList<>();
            int depth = 0;
            int start = 0;
            boolean text = false;
            for (int i = "{\"messages\":[".length(); i < body.length() && depth >= 0; i++) {
                char c = body.charAt(i);
                if (text) {
                    i += c == '\\' ? 1 : 0;
                    text = c != '"';
                } else if (c == '"') {
                    text = true;
                } else if (c == '{' || c == '[') {
                    start = depth++ == 0 ? i : start;
                } else if (c == '}' || c == ']') {
                    depth--;
                    if (depth == 0) {
                        texts.add(body.substring(start, i + 1));
                    }
                }
            }
            return texts;
        }

        public Optional<String> cursor() {
            return json().path("cursor").stringValueOpt();
        }
    }

    /// Polls and waits for the answer.
    ///
    /// @param query without `poll=true`
    /// @param headers name and value, in turn
    public static Answer poll(int port, String query, String... headers) {
        try {
            return answer(HTTP.send(request(port, query, headers), BodyHandlers.ofString()));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Polls without waiting for the answer.
    public static Waiting begin(int port, String query, String... headers) {
        return new Waiting(HTTP.sendAsync(request(port, query, headers), BodyHandlers.ofString()));
    }

    /// A poll under way.
    public record Waiting(CompletableFuture<HttpResponse<String>> sent) {

        public Answer answer() {
            return Polls.answer(sent.orTimeout(15, TimeUnit.SECONDS).join());
        }

        /// The client is gone.
        public void leave() {
            sent.cancel(true);
        }
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("content-type").orElse(""),
                response.body());
    }

    private static HttpRequest request(int port, String query, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/v1/events?poll=true&" + query))
                .timeout(Duration.ofSeconds(40));
        if (headers.length > 0) {
            request.headers(headers);
        } else {
            request.header("apikey", "pk_demo");
        }
        return request.build();
    }
}
