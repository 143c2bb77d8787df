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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
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

    /// At most two batches are under way, and a loop reads what clients send after a millisecond of either.
    @Test
    @DisplayName("G-5: who comes in the middle of a flood is greeted as long as it lasts")
    void whoComesInTheMiddleOfAFloodIsGreeted(Kafka kafka, Registry registry) throws Exception {
        int newcomers = 5;
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger last = new AtomicInteger();
        List<EventStream> members = new ArrayList<>();
        try (Stage stage = Stage.set(kafka, registry)) {
            for (int i = 0; i < 20; i++) {
                members.add(stage.events("channel=vault:1"));
            }
            for (EventStream member : members) {
                member.next("SUBSCRIBED");
            }
            Thread flood = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    int version = last.incrementAndGet();
                    stage.topology.publish("demo", frame("vault:1", "source", "e" + version % 7, version));
                }
            });
            members.getFirst().next("INVALIDATE");
            for (int i = 0; i < newcomers; i++) {
                long began = System.nanoTime();
                try (EventStream newcomer = stage.events("channel=vault:2")) {
                    newcomer.next("WELCOME");
                    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
                }
            }
            over.set(true);
            flood.join();
            for (EventStream member : members) {
                while (!member.next("INVALIDATE").data().contains("\"version\":" + last.get())) {}
            }
        } finally {
            over.set(true);
            members.forEach(EventStream::close);
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
