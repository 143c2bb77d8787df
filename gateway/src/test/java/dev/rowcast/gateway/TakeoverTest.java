package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import io.netty.channel.epoll.Epoll;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What a change of Reactor Netty could break in a channel that changes hands.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class TakeoverTest {

    private static final String KEY = "apikey: pk_demo\r\n";

    private static List<String> loops() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("rowcast-http"))
                .toList();
    }

    @Test
    void linuxHasItsOwnEventLoopsAndAsManyAsCores(Kafka kafka, Registry registry) throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        assertThat(Epoll.unavailabilityCause()).isNull();
        try (Stage stage = Stage.set(kafka, registry)) {
            for (int i = 0; i < 12; i++) {
                try (EventStream stream = stage.events("channel=vault:1")) {
                    stream.next("SUBSCRIBED");
                }
            }

            assertThat(loops())
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(name).startsWith("rowcast-http-epoll"))
                    .hasSizeLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }

    @Test
    void anOfferOfHttp2IsAnsweredOverHttp11(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.set(kafka, registry);
                EventStream stream = EventStream.open(
                        stage.gateway.port(),
                        "/v1/events?channel=vault:1",
                        KEY
                                + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                                + "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n")) {
            assertThat(stream.head()).startsWith("HTTP/1.1 200");
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:1", "source", "1", 1));
            stream.next("INVALIDATE");
        }
    }

    @Test
    void everyGaugeIsBackWhenTheClientsAreGone(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.set(kafka, registry)) {
            EventStream orderly = stage.events("channel=vault:1");
            EventStream crashed = stage.events("channel=vault:2&entity=source:1");
            SocketClient socket = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
            orderly.next("SUBSCRIBED");
            crashed.next("SUBSCRIBED");
            socket.next("WELCOME");
            assertThat(gauge(stage, "rowcast.connections")).isEqualTo(3);

            orderly.close();
            crashed.abort();
            socket.abort();

            Awaitility.await().untilAsserted(() -> {
                for (String each : List.of("rowcast.connections", "rowcast.subscriptions", "rowcast.waiting")) {
                    assertThat(gauge(stage, each)).as(each).isZero();
                }
            });
        }
    }

    private static double gauge(Stage stage, String name) {
        return stage.gateway.meters().get(name).gauge().value();
    }

    @Test
    void aClientOfHttp10ThatAsksToCloseGetsItsStream(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.set(kafka, registry);
                EventStream stream = EventStream.send(
                        stage.gateway.port(),
                        "GET /v1/events?channel=vault:1 HTTP/1.0\r\nConnection: close\r\n" + KEY + "\r\n")) {
            assertThat(stream.head().toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:1", "source", "1", 1));
            stream.next("INVALIDATE");
        }
    }
}
