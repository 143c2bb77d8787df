package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.RunningStack.Running;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client of the RxDB seed: it connects with `?token=` and speaks the five messages of that document.
@ExtendWith(RunningStack.class)
class SeedSessionTest {

    private final Running running;
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private WebSocket socket;

    SeedSessionTest(Running running) {
        this.running = running;
    }

    @BeforeEach
    void connectAsTheSeedDoes() {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create(running.at().gateway().replace("http", "ws") + "/?token=" + token()), new Receiver())
                .join();
    }

    @AfterEach
    void disconnect() {
        socket.abort();
    }

    @Test
    @DisplayName("RX-11, RX-17, RX-26: SUBSCRIBE to ids is answered with their count, and a change of one arrives")
    void subscribeThenAChangeArrives() {
        send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[\"1\",\"2\",\"3\"]}}");
        assertThat(await("SUBSCRIBED").path("payload").path("count").asInt()).isEqualTo(3);

        running.sql("update sources set title='seed' where id in (1, 300)");

        JsonNode payload = await("INVALIDATE").path("payload");
        assertThat(payload.path("entityCode").asString()).isEqualTo("source");
        assertThat(payload.path("changes")).hasSize(1);
        assertThat(payload.path("changes").path(0).path("entityId").asString()).isEqualTo("1");
        assertThat(payload.path("changes").path(0).path("action").asString()).isEqualTo("UPDATE");
        assertThat(payload.path("timestamp").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    @DisplayName("RX-12: after UNSUBSCRIBE from an id its changes do not arrive, those of the others do")
    void unsubscribeEndsOneId() {
        send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[\"1\",\"2\"]}}");
        await("SUBSCRIBED");
        send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[\"1\"]}}");
        send("{\"type\":\"PING\"}");
        await("PONG");

        running.sql("update sources set title='first' where id=1");
        running.sql("update sources set title='second' where id=2");

        await(
                "INVALIDATE",
                message -> message.path("payload")
                        .path("changes")
                        .path(0)
                        .path("entityId")
                        .asString()
                        .equals("2"));
        assertThat(received)
                .noneMatch(message -> message.path("payload")
                        .path("changes")
                        .path(0)
                        .path("entityId")
                        .asString("")
                        .equals("1"));
    }

    @Test
    @DisplayName("RX-14: PING is answered with PONG, exactly as the seed has it")
    void pingIsAnsweredWithPong() {
        send("{ \"type\": \"PING\" }");

        assertThat(await("PONG")).hasToString("{\"type\":\"PONG\"}");
    }

    @Test
    @DisplayName("RX-19, RX-20: what is no message is answered with ERROR and the connection stays")
    void nonsenseIsAnsweredWithAnError() {
        send("hello");
        send("{\"type\":\"DANCE\"}");

        await(
                "ERROR",
                message -> message.path("payload").path("code").asString().equals("NOT_JSON"));
        await(
                "ERROR",
                message -> message.path("payload").path("code").asString().equals("UNKNOWN_TYPE"));
        send("{\"type\":\"PING\"}");
        await("PONG");
    }

    @Test
    @DisplayName("RX-30, RX-38, RX-41: the five phases of a session, from the connection to a clean end")
    void theFivePhasesOfASession() throws Exception {
        // 1. connection
        await("WELCOME");
        int connected = connections();
        assertThat(connected).isPositive();
        // 2. load and subscribe, with the samples as the document has them
        send("""
                {
                  "type": "SUBSCRIBE",
                  "payload": {
                    "entityCode": "source",
                    "entityIds": [
                      "2",
                      "3"
                    ]
                  }
                }""");
        await("SUBSCRIBED");
        assertThat(texts).anyMatch(text -> text.startsWith("{\"type\":\"SUBSCRIBED\",\"payload\":{\"count\":2}"));
        // 3. real time
        running.sql("update sources set title='phase three' where id=2");
        JsonNode change = await("INVALIDATE").at("/payload/changes/0");
        assertThat(texts)
                .anyMatch(text ->
                        text.startsWith(("{\"type\":\"INVALIDATE\",\"payload\":{\"entityCode\":\"source\",\"changes\":"
                                        + "[{\"entityId\":\"2\",\"action\":\"UPDATE\",\"version\":%d}],\"timestamp\":\"")
                                .formatted(change.get("version").asLong())));
        // 4. heartbeat
        send("{\n  \"type\": \"PING\"\n}");
        await("PONG");
        assertThat(texts).contains("{\"type\":\"PONG\"}");
        // 5. disconnect: nothing of it stays
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        Awaitility.await().until(() -> connections() < connected);
    }

    /// What `/health` says, which has the document's shape.
    private int connections() throws Exception {
        String body = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(running.at().gateway() + "/health"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(body).matches("\\{\"status\":\"ok\",\"connections\":\\{\"connections\":\\d+,\"users\":\\d+}}");
        return JsonMapper.shared().readTree(body).at("/connections/connections").asInt();
    }

    private void send(String text) {
        socket.sendText(text, true).join();
    }

    private JsonNode await(String type) {
        return await(type, message -> true);
    }

    private JsonNode await(String type, Predicate<JsonNode> fits) {
        return Awaitility.await(type)
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> received.stream()
                                .filter(message ->
                                        message.path("type").asString().equals(type))
                                .filter(fits)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private String token() {
        return CommandLineTest.run("token", "--data=" + running.data()).out().strip();
    }

    private final class Receiver implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                texts.add(text.toString());
                received.add(JsonMapper.shared().readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
