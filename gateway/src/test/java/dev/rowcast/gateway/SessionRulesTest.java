package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.Polls;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.protocol.Frames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What the protocol page says of a conversation beside its messages.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class SessionRulesTest {

    private static final Duration MOMENT = Duration.ofMillis(200);
    private static final String COMMENT = "\n: hb\n\n";
    /// The head of a frame without a payload.
    private static final String PING = "\u0089\u0000";

    private final Stage stage;

    SessionRulesTest(Kafka kafka, Registry registry) {
        this.stage = Stage.set(kafka, registry);
    }

    @BeforeEach
    void letGo() {
        stage.topology.letGo();
    }

    @AfterEach
    void close() throws InterruptedException {
        stage.close();
    }

    private SocketClient socket() {
        return SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
    }

    @Test
    @DisplayName("39: the first message does not wait for the topology")
    void theFirstMessageDoesNotWaitForTheTopology() {
        stage.topology.hold();
        try (EventStream stream = stage.events("channel=vault:1");
                SocketClient socket = socket()) {
            stream.next("WELCOME");
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:1\"]}}");
            socket.next("WELCOME");
            socket.send("{\"type\":\"PING\"}");
            assertThat(Frames.type(socket.next())).isEqualTo("PONG");

            stage.topology.letGo();

            stream.next("SUBSCRIBED");
            socket.next("SUBSCRIBED");
        }
    }

    @Test
    @DisplayName("53: without a cursor a subscription begins now, with one there")
    void withoutACursorASubscriptionBeginsNow() {
        String before = stage.topology.cursor("demo", stage.topology.last("demo"));
        stage.topology.publish("demo", frame("vault:2", "source", "old", 1));
        try (EventStream now = stage.events("channel=vault:2");
                EventStream then = stage.events("channel=vault:2&cursor=" + before)) {
            now.next("SUBSCRIBED");
            then.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:2", "source", "new", 2));

            assertThat(now.next("INVALIDATE").data()).contains("\"new\"");
        }
        try (EventStream then = stage.events("channel=vault:2&cursor=" + before)) {
            assertThat(then.next("INVALIDATE").data()).contains("\"old\"");
            then.next("SUBSCRIBED");
        }
    }

    @Test
    void aPreludeOfTwoKilobytesPushesTheFirstMessageThrough() {
        try (EventStream stream = stage.events("prelude=true&channel=vault:3")) {
            assertThat(stream.next().type()).isEqualTo("retry");
            assertThat(stream.next().type()).isEqualTo("WELCOME");
            Event prelude = stream.next();
            while (!prelude.type().equals("comment")) {
                prelude = stream.next();
            }
            assertThat(prelude.text()).hasSizeGreaterThan(2048).startsWith(":");
            stream.next("SUBSCRIBED");
        }
    }

    @Test
    void eachClientIsToldAnotherTimeToComeBack() {
        Set<String> delays = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            try (EventStream stream = stage.events("channel=vault:4")) {
                delays.add(stream.next("retry").text());
            }
        }

        assertThat(delays).hasSizeGreaterThan(15);
    }

    @Test
    void whoResumesByItselfWithACredentialThatIsNotValidIsToldToStopForGood() {
        String path = "/v1/events?channel=vault:5";
        try (EventStream first = EventStream.open(stage.gateway.port(), path, "apikey: pk_gone\r\n")) {
            assertThat(first.status()).isEqualTo(401);
        }
        String expired = Jwts.of("user-1", "demo", Instant.now().minusSeconds(600));
        try (EventStream newToken =
                EventStream.open(stage.gateway.port(), path + "&token=" + expired, "Last-Event-ID: x\r\n")) {
            assertThat(newToken.status()).isEqualTo(401);
        }
        try (EventStream again =
                EventStream.open(stage.gateway.port(), path, "apikey: pk_gone\r\nLast-Event-ID: x\r\n")) {
            assertThat(again.status()).isEqualTo(204);
        }
    }

    @Test
    @DisplayName("40: a WAIT is bounded and holds nothing up")
    void aWaitHoldsNothingUp() {
        try (SocketClient client = socket()) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:6\"]}}");
            client.next("SUBSCRIBED");
            client.send("{\"type\":\"WAIT\",\"id\":\"long\",\"payload\":{\"lsn\":\"FF/0\",\"timeoutMs\":30000}}");
            client.send("{\"type\":\"WAIT\",\"id\":\"short\",\"payload\":{\"lsn\":\"FF/0\",\"timeoutMs\":0}}");
            client.send("{\"type\":\"WAIT\",\"id\":\"never\",\"payload\":{\"lsn\":\"FF/0\",\"timeoutMs\":30001}}");

            stage.topology.publish("demo", frame("vault:6", "source", "1", 1));

            List<String> got = new ArrayList<>();
            while (got.size() < 3) {
                String text = client.next();
                if (!Frames.type(text).equals("PROGRESS") && !Frames.type(text).equals("PRESENCE")) {
                    got.add(text);
                }
            }
            assertThat(got).anyMatch(text -> text.contains("\"id\":\"short\"") && text.contains("WAIT_TIMEOUT"));
            assertThat(got).anyMatch(text -> text.contains("\"id\":\"never\"") && text.contains("INVALID_MESSAGE"));
            assertThat(got).anyMatch(text -> Frames.type(text).equals("INVALIDATE"));
        }
    }

    @Test
    @DisplayName("RX-12: UNSUBSCRIBE without ids ends every entity of the kind and nothing else")
    void unsubscribeWithoutIdsEndsTheKind() {
        try (SocketClient client = socket()) {
            for (String code : List.of("project", "projectile", "task")) {
                client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"%s\",\"entityIds\":[\"1\",\"2\"]}}"
                        .formatted(code));
                client.next("SUBSCRIBED");
            }
            client.send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"entityCode\":\"project\"}}");
            client.send("{\"type\":\"PING\"}");
            client.next("PONG");

            for (String code : List.of("project", "projectile", "task")) {
                stage.topology.publish("demo", frame("none:1", code, "2", 1));
            }

            assertThat(client.next("INVALIDATE")).contains("\"entityCode\":\"projectile\"");
            assertThat(client.next("INVALIDATE")).contains("\"entityCode\":\"task\"");
        }
    }

    @Test
    void aTokenThatEndsIsAnnouncedThreeHundredSecondsAheadOnBothTransports() {
        String token = Jwts.of("user-1", "demo", Instant.now().plusSeconds(305));
        try (SocketClient socket = SocketClient.open(stage.gateway.port(), "/v1/socket?token=" + token);
                EventStream stream =
                        EventStream.open(stage.gateway.port(), "/v1/events?channel=vault:7&token=" + token, "")) {
            assertThat(socket.next("TOKEN_EXPIRING_SOON"))
                    .isEqualTo("{\"type\":\"TOKEN_EXPIRING_SOON\",\"payload\":{\"expiresIn\":300}}");
            assertThat(stream.next("TOKEN_EXPIRING_SOON").text())
                    .isEqualTo("event: TOKEN_EXPIRING_SOON\n"
                            + "data: {\"type\":\"TOKEN_EXPIRING_SOON\",\"payload\":{\"expiresIn\":300}}");
        }
    }

    @Test
    @DisplayName("G-6: a cursor is good on every transport, on every node")
    void aCursorIsGoodOnEveryTransportOnEveryNode() {
        try (Gateway second = stage.another()) {
            String cursor;
            try (EventStream stream = stage.events("channel=vault:8")) {
                stream.next("SUBSCRIBED");
                stage.topology.publish("demo", frame("vault:8", "source", "a", 1));
                cursor = stream.next("INVALIDATE").id();
            }
            stage.topology.publish("demo", frame("vault:8", "source", "b", 2));
            try (SocketClient socket = SocketClient.open(second.port(), "/v1/socket?apikey=pk_demo")) {
                socket.next("WELCOME");
                socket.send("{\"type\":\"HELLO\",\"id\":\"h\",\"payload\":{\"cursor\":\"%s\",\"client\":\"test\"}}"
                        .formatted(cursor));
                assertThat(socket.next("WELCOME")).contains("\"id\":\"h\"");
                socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:8\"]}}");
                String missed = socket.next("INVALIDATE");
                assertThat(missed).contains("\"b\"");
                cursor = Frames.cursor(missed).orElseThrow();
            }
            stage.topology.publish("demo", frame("vault:8", "source", "c", 3));
            Polls.Answer answer = Polls.poll(stage.gateway.port(), "channel=vault:8&cursor=" + cursor);
            assertThat(answer.entities()).containsExactly("c");
            stage.topology.publish("demo", frame("vault:8", "source", "d", 4));
            try (EventStream stream = EventStream.open(
                    second.port(),
                    "/v1/events?channel=vault:8&cursor=older",
                    "apikey: pk_demo\r\nLast-Event-ID: " + answer.cursor().orElseThrow() + "\r\n")) {
                assertThat(stream.next("INVALIDATE").data()).contains("\"d\"");
            }
        }
    }

    @Test
    @DisplayName("RX-20: an unknown type is an ERROR and no end, as long as something else comes between")
    void anUnknownTypeIsAnErrorTwentyTimesInARowOnly() {
        try (SocketClient client = socket()) {
            IntStream.range(0, 3).forEach(round -> {
                for (int i = 0; i < 19; i++) {
                    client.send("{\"type\":\"DANCE\",\"id\":\"%d\"}".formatted(i));
                    assertThat(client.next("ERROR")).contains("UNKNOWN_TYPE", "\"id\":\"" + i + "\"");
                }
                client.send("{\"type\":\"PING\"}");
                client.next("PONG");
            });
        }
    }

    @Test
    @DisplayName(
            "T13 RX-31: the five hundred SUBSCRIBEs that may come at once are all answered, however long that takes")
    void fiveHundredSubscribesAtOnceAreAllAnswered() {
        stage.topology.hold();
        try (SocketClient client = socket()) {
            for (int i = 0; i < 500; i++) {
                client.send("{\"type\":\"SUBSCRIBE\",\"id\":\"%d\",\"payload\":{\"channels\":[\"vault:b%d\"]}}"
                        .formatted(i, i));
            }
            client.send("{\"type\":\"PING\"}");
            assertThat(untilPong(client)).isEmpty();

            stage.topology.letGo();

            for (int i = 0; i < 500; i++) {
                assertThat(client.next("SUBSCRIBED")).contains("\"count\":1");
            }
            assertThat(client.isClosed()).isFalse();
        }
    }

    @Test
    @DisplayName("T13: what waits is bounded, a split tenant's message counts once, and a limit is no protocol error")
    void whatWaitsIsBoundedAndALimitIsNoProtocolError() {
        stage.topology.hold();
        String message =
                "{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[" + ids(512) + "]}}";
        try (SocketClient client = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_split")) {
            for (int i = 0; i < 8 + 30; i++) {
                client.send(message);
            }
            client.send("{\"type\":\"PING\"}");

            List<String> refused = untilPong(client);

            assertThat(refused)
                    .hasSize(30)
                    .allMatch(text -> text.contains("\"code\":\"RATE_LIMITED\"") && text.contains("\"retryAfterMs\":"));
            assertThat(client.isClosed()).isFalse();
        }
    }

    @Test
    @DisplayName("T13: who asks for more than it may have is told so each time, and keeps what it has")
    void tooManySubscriptionsAreNoProtocolError() {
        try (SocketClient client = socket()) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[" + ids(512)
                    + "]}}");
            client.next("SUBSCRIBED");
            for (int i = 0; i < 30; i++) {
                client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:%d\"]}}".formatted(i));
            }
            client.send("{\"type\":\"PING\"}");

            assertThat(untilPong(client)).hasSize(30).allMatch(text -> text.contains("TOO_MANY_SUBSCRIPTIONS"));
            stage.topology.publish("demo", frame("none:1", "source", "7", 1));
            assertThat(client.next("INVALIDATE")).contains("\"entityId\":\"7\"");
        }
    }

    @Test
    @DisplayName("40: a WAIT during a replay is reached when the replay was told, not before")
    void aWaitDuringAReplayIsReachedAfterIt() {
        String before = stage.topology.cursor("demo", stage.topology.last("demo"));
        try (SocketClient client = socket()) {
            client.next("WELCOME");
            stage.topology.publish("demo", frame("vault:9", "source", "own", 1));
            stage.topology.progress(0x60);
            client.send("{\"type\":\"WAIT\",\"id\":\"node\",\"payload\":{\"lsn\":\"0/50\",\"timeoutMs\":9000}}");
            assertThat(client.next("REACHED")).contains("\"id\":\"node\"");
            stage.topology.hold();

            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:9\"],\"cursor\":\"%s\"}}"
                    .formatted(before));
            client.send("{\"type\":\"WAIT\",\"id\":\"mine\",\"payload\":{\"lsn\":\"0/50\",\"timeoutMs\":30000}}");
            client.send("{\"type\":\"PING\"}");
            List<String> types = typesUntil(client, "PONG");
            stage.topology.letGo();
            types.addAll(typesUntil(client, "REACHED"));

            assertThat(types)
                    .containsSubsequence("PONG", "INVALIDATE", "REACHED")
                    .containsOnlyOnce("REACHED");
        }
    }

    @Test
    @DisplayName("G-1: within 16 s an idle event stream gets a comment, and an idle socket a ping")
    void whoIsIdleIsHeardOf() {
        String key = "apikey: pk_demo\r\n\r\n";
        try (RawSocket stream = new RawSocket(stage.gateway.port());
                RawSocket socket = new RawSocket(stage.gateway.port())) {
            stream.send("GET /v1/events?channel=vault:10 HTTP/1.1\r\nHost: localhost\r\n" + key);
            socket.send(RawSocket.handshake("/v1/socket") + key);
            Instant deadline = Instant.now().plusSeconds(16);

            StringBuilder streamed = new StringBuilder();
            StringBuilder talked = new StringBuilder();
            while (Instant.now().isBefore(deadline) && !(isHeard(streamed, COMMENT) && isHeard(talked, PING))) {
                streamed.append(stream.hear(MOMENT).text());
                talked.append(socket.hear(MOMENT).text());
            }

            assertThat(streamed).contains(COMMENT);
            assertThat(talked).contains(PING);
        }
    }

    private static boolean isHeard(StringBuilder heard, String text) {
        return heard.indexOf(text) >= 0;
    }

    private static String ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
    }

    /// Its errors before the next answer to a PING.
    private static List<String> untilPong(SocketClient client) {
        List<String> errors = new ArrayList<>();
        for (String text = client.next(); !Frames.type(text).equals("PONG"); text = client.next()) {
            if (Frames.type(text).equals("ERROR")) {
                errors.add(text);
            }
        }
        return errors;
    }

    private static List<String> typesUntil(SocketClient client, String last) {
        List<String> types = new ArrayList<>();
        do {
            types.add(Frames.type(client.next()));
        } while (!types.getLast().equals(last));
        return types;
    }
}
