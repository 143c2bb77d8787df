package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A client that keeps every character it is sent, in whatever message or answer.
final class Recording implements WebSocket.Listener, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]+)\"");

    private final String name;
    private final StringBuffer kept = new StringBuffer();
    private AutoCloseable connection = () -> {};
    private Consumer<String> sending = text -> {
        throw new IllegalStateException("only a socket says anything");
    };

    private Recording(String name) {
        this.name = name;
    }

    /// @param headers names and values in turn
    static Recording events(String name, String gateway, String query, String... headers) throws Exception {
        Recording recording = new Recording(name);
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway + "/v1/events?" + query))
                .headers(headers)
                .build();
        InputStream body = HTTP.send(request, BodyHandlers.ofInputStream()).body();
        recording.connection = body;
        Thread.ofVirtual().start(() -> recording.read(body));
        return recording;
    }

    /// @param token of the user that connects
    static Recording socket(String name, String gateway, String token) {
        Recording recording = new Recording(name);
        WebSocket socket = HTTP.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create(gateway.replace("http:", "ws:") + "/v1/socket"), recording)
                .join();
        recording.connection = socket::abort;
        recording.sending = text -> socket.sendText(text, true).join();
        return recording;
    }

    /// What a socket says.
    Recording send(String text) {
        sending.accept(text);
        return this;
    }

    /// Asks once and keeps the answer.
    Recording ask(String url, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        kept.append(HTTP.send(request.build(), BodyHandlers.ofString()).body()).append('\n');
        return this;
    }

    /// Of nothing yet.
    static Recording empty(String name) {
        return new Recording(name);
    }

    String text() {
        return kept.toString();
    }

    Recording await(String part) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(text()).as(name).contains(part));
        return this;
    }

    /// The cursor that came first.
    String cursor() {
        Matcher matcher = CURSOR.matcher(kept);
        if (!matcher.find()) {
            throw new AssertionError(name + " has no cursor in " + kept);
        }
        return matcher.group(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        kept.append(part);
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        kept.append("closed ").append(code).append(' ').append(reason);
        return null;
    }

    private void read(InputStream body) {
        char[] some = new char[4096];
        try (Reader reader = new InputStreamReader(body, StandardCharsets.UTF_8)) {
            for (int count = reader.read(some); count >= 0; count = reader.read(some)) {
                kept.append(some, 0, count);
            }
        } catch (IOException e) {
            kept.append("ended");
        }
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() throws Exception {
        connection.close();
    }
}
