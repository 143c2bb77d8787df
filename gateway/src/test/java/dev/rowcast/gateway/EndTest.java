package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.AccessLines;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Polls;
import dev.rowcast.gateway.support.Polls.Answer;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.RawSocket.Heard;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.topic.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// How connections end.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class EndTest {

    private static final Duration MOMENT = Duration.ofMillis(200);
    /// Several times the limits of silence here, which are some seconds so that nobody is silent as long unasked.
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void aDrainTellsEveryClientAndEndsInOrderWithinFiveSeconds(Kafka kafka, Registry registry)
            throws InterruptedException {
        try (Stage stage = Stage.set(kafka, registry);
                EventStream stream = stage.events("channel=vault:1");
                SocketClient socket = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo")) {
            stream.next("SUBSCRIBED");
            socket.next("WELCOME");
            Instant began = Instant.now();

            Thread closing = Thread.ofPlatform().start(stage.gateway::close);

            assertThat(stream.next("GOAWAY").data()).contains("\"reason\":\"DRAINING\"", "retryAfterMs");
            assertThat(stream.endedInOrder()).isTrue();
            // As a browser does. Who does not is waited for, and of the time none would be left for a busy machine.
            stream.close();
            socket.next("GOAWAY");
            assertThat(socket.closeCode()).isEqualTo(4000);
            assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
            assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(6));
        }
    }

    @Test
    @DisplayName("G-3 row 31: a stalled reader is closed and the others are not slowed")
    void aStalledReaderIsClosedAndTheOthersAreNotSlowed(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(
                        kafka, registry, limits -> limits.withFlow(limits.flow().withPendingBytes(64 << 10)));
                EventStream healthy = stage.events("channel=vault:2");
                Socket stalled = stalled(stage.gateway.port())) {
            healthy.next("SUBSCRIBED");
            Awaitility.await().until(() -> stage.gateway.connections() == 2);

            int sent = 0;
            while (stage.gateway.connections() == 2 && sent < 2_000) {
                stage.topology.publish("demo", frame("vault:2", "source", sent + "x".repeat(20_000), 1));
                healthy.next("INVALIDATE");
                sent++;
            }

            assertThat(stage.gateway.connections()).isEqualTo(1);
            assertThat(stage.gateway
                            .meters()
                            .counter("rowcast.closes", "cause", "slow_consumer")
                            .count())
                    .isEqualTo(1);
            assertThat(remainder(stalled))
                    .contains("event: RESET\nid: ")
                    .containsPattern("\"reason\":\"OVERFLOW\"[^\n]*\\s+event: ERROR\ndata: [^\n]*SLOW_CONSUMER")
                    .containsPattern("SLOW_CONSUMER\",\"retryAfterMs\":\\d+");
        }
    }

    @Test
    void withoutAnAnswerTheClientHearsSo(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withAnswer(Duration.ofSeconds(1)))) {
            stage.topology.silent(true);
            try (EventStream stream = stage.events("channel=vault:3")) {
                assertThat(stream.next("ERROR").data()).contains("NOT_READY");
                assertThat(stream.endedInOrder()).isTrue();
            }
            Answer answer = Polls.poll(stage.gateway.port(), "channel=vault:3");
            assertThat(answer.types()).containsExactly("WELCOME", "ERROR");
            assertThat(answer.body()).contains("NOT_READY", "retryAfterMs");
            assertThat(answer.cursor()).isEmpty();
        }
    }

    @Test
    @DisplayName("P3: whom the topology does not answer after the node came anew is told why, and closed with 4003")
    void withoutAnAnswerAfterTheNodeCameAnewTheClientHearsSo(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withAnswer(Duration.ofSeconds(1)));
                EventStream stream = stage.events("channel=vault:3");
                SocketClient socket = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo")) {
            stream.next("SUBSCRIBED");
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:6\"]}}");
            socket.next("SUBSCRIBED");

            stage.topology.silent(true);
            stage.topology.endLeases();

            assertThat(stream.next("ERROR").data()).contains("OVERLOADED", "retryAfterMs");
            assertThat(stream.endedInOrder()).isTrue();
            assertThat(socket.next("ERROR")).contains("OVERLOADED", "retryAfterMs");
            assertThat(socket.closeCode()).isEqualTo(4003);
        }
    }

    @Test
    void aReplayThatTakesLongIsWaitedFor(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withAnswer(Duration.ofSeconds(6)))) {
            String cursor = stage.topology.cursor("demo", stage.topology.last("demo"));
            stage.topology.publish("demo", frame("vault:1", "source", "1", 1));
            stage.topology.hold();
            try (EventStream stream = stage.events("channel=vault:1&cursor=" + cursor)) {
                // Longer than twice what the topology may be silent.
                Instant until = Instant.now().plusSeconds(14);

                Awaitility.await()
                        .pollInterval(Duration.ofMillis(200))
                        .timeout(Duration.ofSeconds(40))
                        .until(() -> {
                            stage.topology.replayOn();
                            return Instant.now().isAfter(until);
                        });
                stage.topology.letGo();

                assertThat(stream.next("SUBSCRIBED").data()).contains("\"count\":1");
            }
        }
    }

    @Test
    @DisplayName("RX-14 rows 18 and 19: a silent socket is closed, and one that talks is not")
    void aSilentSocketIsClosedAndOneThatTalksIsNot(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withIdle(Duration.ofSeconds(5)));
                SocketClient silent = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
                SocketClient talking = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
                EventStream stream = stage.events("channel=vault:5")) {
            Awaitility.await().pollInterval(MOMENT).atMost(SOON).until(() -> {
                talking.send("{\"type\":\"PING\"}");
                talking.next("PONG");
                return silent.isClosed();
            });

            assertThat(silent.closeCode()).isEqualTo(4009);
            talking.send("{\"type\":\"PING\"}");
            talking.next("PONG");
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:5", "source", "1", 1));
            stream.next("INVALIDATE");
        }
    }

    @Test
    @DisplayName("Rows 18 and 19: a socket that only sends pongs of the transport lives")
    void aSocketThatOnlySendsPongsLives(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withIdle(Duration.ofSeconds(4)));
                RawSocket breathing = new RawSocket(stage.gateway.port())) {
            breathing.send(RawSocket.handshake("/v1/socket") + "apikey: pk_demo\r\n\r\n");
            assertThat(breathing.hear(MOMENT).status()).isEqualTo(101);

            for (int silence = 0; silence < 2; silence++) {
                try (SocketClient silent = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo")) {
                    Awaitility.await().pollInterval(MOMENT).atMost(SOON).until(() -> {
                        assertThat(breathing.send(new byte[] {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0}))
                                .isTrue();
                        return silent.isClosed();
                    });
                    assertThat(silent.closeCode()).isEqualTo(4009);
                }
            }

            breathing.send(RawSocket.text("{\"type\":\"PING\"}"));
            // What it was told all the time is unread and comes first.
            StringBuilder text = new StringBuilder();
            Awaitility.await().atMost(SOON).until(() -> {
                Heard heard = breathing.hear(MOMENT);
                assertThat(heard.closed()).isFalse();
                return text.append(heard.text()).indexOf("PONG") >= 0;
            });
        }
    }

    @Test
    @DisplayName("SY-25: one connection too many is a stream that says when to come back, and a warning in the log")
    void oneConnectionTooManyIsAStreamThatSaysWhenToComeBack(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(kafka, registry, limits -> limits.withConnections(few -> few.withNode(1)));
                AccessLines lines = new AccessLines();
                EventStream first = stage.events("channel=vault:4")) {
            first.next("SUBSCRIBED");

            try (EventStream second = stage.events("channel=vault:4")) {
                assertThat(second.status()).isEqualTo(200);
                assertThat(second.next("ERROR").data()).contains("OVERLOADED");
                Awaitility.await()
                        .untilAsserted(() -> assertThat(lines.all())
                                .anyMatch(line -> line.startsWith("WARN Request method=GET path=/v1/events")
                                        && line.contains(" status=200 ")
                                        && line.endsWith(" code=OVERLOADED")));
            }
        }
    }

    @Test
    @DisplayName("P6 rows 36, 37 and 55: operators see one partition that stands still, balancers only when all do")
    void whatStandsStillIsSeen(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.set(kafka, registry)) {
            String ready = "http://127.0.0.1:%d/health/ready".formatted(stage.gateway.port());
            String health = "http://127.0.0.1:%d/actuator/health".formatted(stage.gateway.managementPort());
            assertThat(get(ready).statusCode()).isEqualTo(200);
            Awaitility.await().until(() -> get(health).statusCode() == 200);

            stage.topology.freeze(3);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(get(health)).satisfies(answer -> {
                        assertThat(answer.statusCode()).isEqualTo(503);
                        assertThat(answer.body())
                                .containsPattern("\"progressAgeSeconds\":(1[5-9]|[2-4]\\d)")
                                .contains("\"slowestPartition\":3");
                    }));
            assertThat(progressAge(stage)).isBetween(15.0, 45.0);
            assertThat(get(ready).statusCode()).isEqualTo(200);

            for (int partition = 0; partition < Topics.CHANGES.partitions(); partition++) {
                stage.topology.freeze(partition);
            }

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(get(ready)).satisfies(answer -> {
                        assertThat(answer.statusCode()).isEqualTo(503);
                        assertThat(answer.body()).contains("\"progress\":false");
                    }));

            for (int partition = 0; partition < Topics.CHANGES.partitions(); partition++) {
                stage.topology.thaw(partition);
            }

            Awaitility.await()
                    .until(() -> get(ready).statusCode() == 200 && get(health).statusCode() == 200);
            assertThat(progressAge(stage)).isLessThan(15);
        }
    }

    private static double progressAge(Stage stage) {
        return stage.gateway.meters().get("rowcast.progress.age").gauge().value();
    }

    @Test
    @DisplayName("Row 36: a node whose feed died says that only a restart helps")
    void aNodeWhoseFeedDiedIsNotAlive(Kafka kafka, Registry registry) throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (Stage stage = Stage.set(kafka, registry)) {
            String live = "http://127.0.0.1:%d/health/live".formatted(stage.gateway.port());
            String health = "http://127.0.0.1:%d/actuator/health".formatted(stage.gateway.managementPort());
            assertThat(get(live).statusCode()).isEqualTo(200);

            Thread.getAllStackTraces().keySet().stream()
                    .filter(each -> each.getName().equals("rowcast-feed") && !before.contains(each))
                    .forEach(Thread::interrupt);

            Awaitility.await().until(() -> get(live).statusCode() == 503);
            assertThat(get(health).statusCode()).isEqualTo(503);
        }
    }

    private static HttpResponse<String> get(String address) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
    }

    private static Socket stalled(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 << 10);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.getOutputStream()
                .write("GET /v1/events?channel=vault:2 HTTP/1.1\r\nHost: l\r\napikey: pk_demo\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /// What is still on its way to a reader that reads again.
    private static String remainder(Socket socket) throws IOException {
        byte[] bytes = socket.getInputStream().readAllBytes();
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
