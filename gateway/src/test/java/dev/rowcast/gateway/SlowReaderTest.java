package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Stage;
import java.util.HashMap;
import java.util.Map;
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
            assertThat(waiting(stage)).isZero();
        }
    }

    @Test
    @DisplayName("G-2: a replay that the client does not read is bounded too")
    void aReplayThatIsNotReadIsBounded(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.withLimits(
                kafka, registry, limits -> limits.withFlow(limits.flow().withReplayBytes(100_000)))) {
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
