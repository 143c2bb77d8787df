package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.Stage;
import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What becomes of clients that do not read as fast as they are written to.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class SlowReaderTest {

    private static final String LONG = "x".repeat(4_000);
    private static final String KEY = "apikey: pk_demo\r\n";

    private static double counted(Stage stage, String name) {
        return stage.gateway.meters().get(name).counter().count();
    }

    private static double waiting(Stage stage) {
        return stage.gateway.meters().get("rowcast.waiting").gauge().value();
    }

    private static long version(Event event) {
        return Long.parseLong(event.data().replaceAll(".*\"version\":(\\d+).*", "$1"));
    }

    @Test
    @DisplayName("G-2: who wants no rows and stalls is told the latest of each entity when it reads again")
    void whoStallsIsToldTheLatestOfEachEntity(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.set(kafka, registry);
                EventStream quick = stage.events("channel=vault:1");
                EventStream slow = EventStream.stalled(stage.gateway.port(), "/v1/events?channel=vault:1", KEY)) {
            quick.next("SUBSCRIBED");
            Awaitility.await().until(() -> stage.gateway.connections() == 2);
            Map<String, Long> latest = new HashMap<>();
            long offset = -1;
            int version = 0;
            while (counted(stage, "rowcast.collapsed") < 500) {
                version++;
                String id = "e" + version % 7;
                offset = stage.topology.publish("demo", frame("vault:1", "source", id + LONG, version));
                latest.put(id, (long) version);
                quick.next("INVALIDATE");
            }
            assertThat(waiting(stage)).isBetween(1.0, 64.0 * 1024);

            slow.resume();

            Map<String, Long> told = new HashMap<>();
            boolean coalesced = false;
            Event last = slow.next("INVALIDATE");
            while (version(last) != version) {
                told.merge(last.data().replaceAll(".*\"entityId\":\"(e\\d).*", "$1"), version(last), Math::max);
                coalesced |= last.data().contains("\"coalesced\":true");
                last = slow.next("INVALIDATE");
            }
            told.put("e" + version % 7, version(last));
            assertThat(told).isEqualTo(latest);
            assertThat(coalesced).isTrue();
            assertThat(last.id()).isEqualTo(stage.topology.cursor("demo", offset));
            Awaitility.await().until(() -> waiting(stage) == 0);
            stage.topology.publish("demo", frame("vault:1", "source", "after", version + 1));
            assertThat(slow.next("INVALIDATE").data()).contains("after");
        }
    }

    @Test
    @DisplayName("G-2: rows keep their order up to the budget, and over it the client goes on from its last cursor")
    void rowsKeepTheirOrderUpToTheBudget(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(
                        kafka, registry, limits -> limits.withFlow(limits.flow().withPendingFrames(20)));
                EventStream quick = stage.events("channel=vault:1&mode=rows");
                EventStream slow =
                        EventStream.stalled(stage.gateway.port(), "/v1/events?channel=vault:1&mode=rows", KEY)) {
            quick.next("SUBSCRIBED");
            Awaitility.await().until(() -> stage.gateway.connections() == 2);
            int version = 0;
            while (stage.gateway.connections() == 2) {
                version++;
                stage.topology.publish("demo", frame("vault:1", "source" + LONG, "1", version));
                assertThat(version(quick.next("CHANGE"))).isEqualTo(version);
            }

            slow.resume();

            long expected = 1;
            String cursor = "";
            Event event = slow.next();
            while (!event.type().equals("RESET")) {
                if (event.type().equals("CHANGE")) {
                    assertThat(version(event)).isEqualTo(expected++);
                    cursor = event.id();
                }
                event = slow.next();
            }
            assertThat(event.data()).contains("OVERFLOW");
            assertThat(event.id()).as("what was told last").isEqualTo(cursor).isNotEmpty();
            assertThat(expected).isLessThan(version);
            assertThat(stage.gateway
                            .meters()
                            .get("rowcast.overflows")
                            .tag("during", "live")
                            .counter()
                            .count())
                    .isEqualTo(1);
            Awaitility.await().until(() -> waiting(stage) == 0);
        }
    }

    /// Tells the stalled ones rows until all of them are over their budget, and only this one is left, which sets the
    /// pace.
    private static void overflow(Stage stage, EventStream quick) {
        quick.next("SUBSCRIBED");
        for (int version = 1; stage.gateway.connections() > 1; version++) {
            stage.topology.publish("demo", frame("vault:1", "source" + LONG, "1", version));
            quick.next("CHANGE");
        }
    }

    private static double overflows(Stage stage, String during) {
        return stage.gateway
                .meters()
                .get("rowcast.overflows")
                .tag("during", during)
                .counter()
                .count();
    }

    private static double gauge(Stage stage, String name) {
        return stage.gateway.meters().get(name).gauge().value();
    }

    private static RawSocket stalledSocket(Stage stage, String credential, String mode) {
        RawSocket socket = new RawSocket(stage.gateway.port(), 4 << 10);
        socket.send(RawSocket.handshake("/v1/socket?" + credential) + "\r\n");
        socket.send(RawSocket.text("""
                {"type":"SUBSCRIBE","payload":{"channels":["vault:1"],"mode":"%s"}}""".formatted(mode)));
        return socket;
    }

    @Test
    @DisplayName("G-2: who was too slow reads so when it reads again, long after, and costs little until then")
    void whoWasTooSlowReadsSo(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.set(kafka, registry);
                EventStream quick = stage.events("channel=vault:1&mode=rows");
                RawSocket socket = stalledSocket(stage, "apikey=pk_demo", "rows");
                EventStream stream =
                        EventStream.stalled(stage.gateway.port(), "/v1/events?channel=vault:1&mode=rows", KEY)) {
            Awaitility.await().until(() -> gauge(stage, "rowcast.subscriptions") == 3);
            overflow(stage, quick);

            Awaitility.await().during(Duration.ofSeconds(3)).until(() -> gauge(stage, "rowcast.lingering") == 2);
            Awaitility.await().until(() -> waiting(stage) == 0);
            assertThat(gauge(stage, "rowcast.unsent")).isBetween(1.0, 2 * 128.0 * 1024);

            stream.resume();
            String cursor = "";
            Event event = stream.next();
            while (!event.type().equals("RESET")) {
                cursor = event.type().equals("CHANGE") ? event.id() : cursor;
                event = stream.next();
            }
            assertThat(event.data()).contains("OVERFLOW");
            assertThat(event.id()).isEqualTo(cursor).isNotEmpty();
            assertThat(stream.endedInOrder()).isTrue();
            RawSocket.Heard heard = socket.hear(Duration.ofSeconds(5));
            assertThat(heard.text()).contains("\"reason\":\"OVERFLOW\"").contains("\"cursor\"");
            assertThat(heard.closeCode()).isEqualTo(4008);
            assertThat(heard.closed()).isTrue();
            Awaitility.await().until(() -> gauge(stage, "rowcast.lingering") == 0);
            Awaitility.await().until(() -> gauge(stage, "rowcast.unsent") == 0);
        }
    }

    @Test
    @DisplayName("G-2 T3: who does not read again is cut in time, and at once when its credential is revoked")
    void whoDoesNotReadAgainIsCut(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(
                        kafka, registry, limits -> limits.withFlow(limits.flow().withLinger(Duration.ofSeconds(10))));
                EventStream quick = stage.events("channel=vault:1&mode=rows");
                RawSocket one = stalledSocket(stage, "apikey=pk_demo", "rows")) {
            stage.key("key-lost", "demo", "pk_lost", null);
            Awaitility.await().until(() -> stage.isGood("pk_lost"));
            try (RawSocket other = stalledSocket(stage, "apikey=pk_lost", "rows")) {
                Awaitility.await().until(() -> gauge(stage, "rowcast.subscriptions") == 3);
                overflow(stage, quick);
                Awaitility.await().until(() -> gauge(stage, "rowcast.lingering") == 2);
                stage.key("key-lost", "demo", "pk_lost", "2026-01-01T00:00:00Z");
                Awaitility.await().atMost(Duration.ofSeconds(6)).until(() -> gauge(stage, "rowcast.lingering") == 1);
                assertThat(other.hear(Duration.ofSeconds(1)).closed()).isTrue();
            }
            Awaitility.await().atMost(Duration.ofSeconds(25)).until(() -> gauge(stage, "rowcast.lingering") == 0);
            Awaitility.await().until(() -> gauge(stage, "rowcast.unsent") == 0);
            assertThat(one.hear(Duration.ofSeconds(1)).closeCode()).isZero();
        }
    }

    @Test
    @DisplayName("G-1: a client that takes nothing for too long is given up by the kernel, whatever its budget")
    void whoTakesNothingForTooLongIsGivenUp(Kafka kafka, Registry registry) throws Exception {
        assumeTrue(Epoll.isAvailable());
        try (Stage stage = Stage.withLimits(
                        kafka,
                        registry,
                        limits -> limits.withFlow(limits.flow().withUnanswered(Duration.ofSeconds(1))));
                EventStream quick = stage.events("channel=vault:1");
                RawSocket stalled = stalledSocket(stage, "apikey=pk_demo", "keys")) {
            quick.next("SUBSCRIBED");
            Awaitility.await().until(() -> gauge(stage, "rowcast.subscriptions") == 2);
            for (int version = 1; waiting(stage) == 0; version++) {
                stage.topology.publish("demo", frame("vault:1", "source", "e" + version + LONG, version));
                quick.next("INVALIDATE");
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> stage.gateway.connections() == 1);
            Awaitility.await().until(() -> waiting(stage) == 0);
            Awaitility.await().until(() -> gauge(stage, "rowcast.unsent") == 0);
            assertThat(stalled.hear(Duration.ofSeconds(1)).closed()).isTrue();
        }
    }

    @Test
    @DisplayName("G-2: what waits for a client that ends for another reason waits as before, and comes when it reads")
    void whatWaitsForAClientThatEndsStillComes(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(
                        kafka, registry, limits -> limits.withFlow(limits.flow().withPendingBytes(2 << 20)));
                EventStream quick = stage.events("channel=vault:1&mode=rows")) {
            quick.next("SUBSCRIBED");
            stage.key("key-end", "demo", "pk_end", null);
            Awaitility.await().until(() -> stage.isGood("pk_end"));
            try (RawSocket socket = stalledSocket(stage, "apikey=pk_end", "rows")) {
                Awaitility.await().until(() -> gauge(stage, "rowcast.subscriptions") == 2);
                for (int version = 1; waiting(stage) < 512 << 10; version++) {
                    stage.topology.publish("demo", frame("vault:1", "source" + LONG, "1", version));
                    quick.next("CHANGE");
                }
                stage.key("key-end", "demo", "pk_end", "2026-01-01T00:00:00Z");
                Awaitility.await().until(() -> gauge(stage, "rowcast.lingering") == 1);
                assertThat(gauge(stage, "rowcast.unsent")).isLessThan(128 << 10);

                RawSocket.Heard heard = socket.hear(Duration.ofSeconds(5));

                List<Long> versions = Pattern.compile("\"version\":(\\d+)")
                        .matcher(heard.text())
                        .results()
                        .map(found -> Long.valueOf(found.group(1)))
                        .toList();
                assertThat(versions)
                        .isEqualTo(LongStream.rangeClosed(1, versions.size())
                                .boxed()
                                .toList())
                        .hasSizeGreaterThan((512 << 10) / LONG.length() - 20);
                assertThat(heard.text()).contains("CREDENTIAL_REVOKED");
                assertThat(heard.closeCode()).isEqualTo(4502);
            }
        }
    }

    @Test
    @DisplayName("G-2: over what the node bears the client for which most waits ends first, and others stay")
    void overWhatTheNodeBearsTheLargestEndsFirst(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(
                        kafka,
                        registry,
                        limits -> limits.withFlow(limits.flow()
                                .withPendingBytes(8 << 20)
                                .withPendingFrames(4_096)
                                .withNodeBytes(1 << 20)));
                EventStream quick = stage.events("channel=vault:1&mode=rows");
                RawSocket little = stalledSocket(stage, "apikey=pk_demo", "keys");
                RawSocket much = stalledSocket(stage, "apikey=pk_demo", "rows")) {
            quick.next("SUBSCRIBED");
            Awaitility.await().until(() -> gauge(stage, "rowcast.subscriptions") == 3);
            int version = 0;
            while (waiting(stage) < 2 << 20 && overflows(stage, "shortage") < 1) {
                version++;
                stage.topology.publish("demo", frame("vault:1", "source" + LONG, "1", version));
                quick.next("CHANGE");
            }
            Awaitility.await().until(() -> overflows(stage, "shortage") == 1);

            RawSocket.Heard heard = much.hear(Duration.ofSeconds(2));
            assertThat(heard.text()).contains("\"reason\":\"OVERFLOW\"");
            assertThat(heard.closeCode()).isEqualTo(4008);
            assertThat(stage.gateway.connections()).isEqualTo(2);
            assertThat(overflows(stage, "shortage")).isEqualTo(1);
            stage.topology.publish("demo", frame("vault:1", "source", "after", version + 1));
            assertThat(version(quick.next("CHANGE"))).isEqualTo(version + 1);
            assertThat(little.hear(Duration.ofSeconds(1)).text()).contains("\"entityId\":\"1\"", "after");
        }
    }

    @Test
    @DisplayName("G-2: a replay that the client does not read is bounded too")
    void aReplayThatIsNotReadIsBounded(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(
                kafka, registry, limits -> limits.withFlow(limits.flow().withReplayBytes(1 << 20)))) {
            long start = stage.topology.last("demo");
            for (int version = 1; version <= 500; version++) {
                stage.topology.publish("demo", frame("vault:7", "source" + LONG, "1", version));
            }
            String path = "/v1/events?channel=vault:7&mode=rows&cursor=" + stage.topology.cursor("demo", start);
            try (EventStream slow = EventStream.stalled(stage.gateway.port(), path, KEY)) {
                Awaitility.await()
                        .until(() -> stage.gateway
                                        .meters()
                                        .get("rowcast.overflows")
                                        .tag("during", "replay")
                                        .counter()
                                        .count()
                                == 1);
                slow.resume();
                assertThat(slow.next("RESET").data()).contains("OVERFLOW");
            }
            try (EventStream quick = EventStream.open(stage.gateway.port(), path, KEY)) {
                for (int version = 1; version <= 500; version++) {
                    assertThat(version(quick.next("CHANGE"))).isEqualTo(version);
                }
                quick.next("SUBSCRIBED");
            }
        }
    }
}
