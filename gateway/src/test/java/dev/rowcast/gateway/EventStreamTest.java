package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.OnStage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventStreamTest extends OnStage {

    @Test
    void aSubscriberGetsACommittedChangeWithItsCursor() {
        try (EventStream stream = stage.events("channel=vault:1")) {
            stream.next("SUBSCRIBED");

            long offset = stage.topology.publish("demo", frame("vault:1", "source", "77", 42));

            Event event = stream.next("INVALIDATE");
            String cursor = stage.topology.cursor("demo", offset);
            assertThat(event.text())
                    .isEqualTo("event: INVALIDATE\nid: " + cursor
                            + "\ndata: {\"type\":\"INVALIDATE\",\"payload\":{\"entityCode\":\"source\",\"changes\":[{"
                            + "\"entityId\":\"77\",\"action\":\"UPDATE\",\"version\":42}],"
                            + "\"timestamp\":\"2026-01-01T00:00:00.000Z\"},\"cursor\":\"" + cursor + "\"}");
        }
    }

    @Test
    void rowsModeGetsTheRow() {
        try (EventStream stream = stage.events("channel=vault:2&mode=rows")) {
            stream.next("SUBSCRIBED");

            stage.topology.publish("demo", frame("vault:2", "source", "1", 5));

            assertThat(stream.next("CHANGE").data()).contains("\"version\":5");
        }
    }

    @Test
    @DisplayName("Row 39: the first frames are retry and WELCOME")
    void theFirstFramesAreRetryAndWelcome() {
        try (EventStream stream = stage.events("channel=vault:3")) {
            assertThat(stream.next().text()).matches("retry: \\d{4,5}");
            assertThat(stream.next().data()).contains("\"protocol\":\"rowcast.v1.json\"");
        }
    }

    @Test
    @DisplayName("G-6 G-8: a replay comes before SUBSCRIBED and live after it")
    void aReplayComesBeforeSubscribedAndLiveAfterIt() {
        long start = stage.topology.last("demo");
        stage.topology.publish("demo", frame("vault:4", "source", "a", 1));
        stage.topology.publish("demo", frame("vault:4", "source", "b", 2));

        try (EventStream stream = stage.events("channel=vault:4&cursor=" + stage.topology.cursor("demo", start))) {
            List<String> order = new ArrayList<>();
            for (Event event = stream.next(); !event.type().equals("SUBSCRIBED"); event = stream.next()) {
                if (event.type().equals("INVALIDATE")) {
                    order.add(event.data().replaceAll(".*\"entityId\":\"(.)\".*", "$1"));
                }
            }
            stage.topology.publish("demo", frame("vault:4", "source", "c", 3));
            order.add(stream.next("INVALIDATE").data().replaceAll(".*\"entityId\":\"(.)\".*", "$1"));

            assertThat(order).containsExactly("a", "b", "c");
        }
    }

    @Test
    void whatTheTopologyRepeatsComesOnce() {
        try (EventStream stream = stage.events("channel=vault:5")) {
            stream.next("SUBSCRIBED");
            long offset = stage.topology.publish("demo", frame("vault:5", "source", "x", 1));
            stage.topology.deliver("demo", offset, List.of(frame("vault:5", "source", "x", 1)));
            stage.topology.publish("demo", frame("vault:5", "source", "y", 2));

            assertThat(stream.next("INVALIDATE").data()).contains("\"x\"");
            assertThat(stream.next("INVALIDATE").data()).contains("\"y\"");
        }
    }

    @Test
    void aConnectionThatSeveralSubscriptionsMatchGetsAFrameOnce() {
        try (EventStream stream = stage.events("channel=vault:6&entity=source:6")) {
            stream.next("SUBSCRIBED");
            stream.next("SUBSCRIBED");

            stage.topology.publish("demo", frame("vault:6", "source", "6", 1));
            stage.topology.publish("demo", frame("vault:6", "source", "7", 2));

            assertThat(stream.next("INVALIDATE").data()).contains("\"entityId\":\"6\"");
            assertThat(stream.next("INVALIDATE").data()).contains("\"entityId\":\"7\"");
        }
    }

    @Test
    void onlyTheLastFrameOfADeliveryCarriesTheCursor() {
        try (EventStream stream = stage.events("channel=vault:7")) {
            stream.next("SUBSCRIBED");

            stage.topology.publish(
                    "demo",
                    frame("vault:7", "source", "1", 1),
                    frame("vault:7", "source", "2", 2),
                    frame("vault:other", "source", "3", 3));

            assertThat(stream.next("INVALIDATE").id()).isEmpty();
            assertThat(stream.next("INVALIDATE").id()).isNotEmpty();
        }
    }

    @Test
    @DisplayName("T1 SP-25: tenants with the same ids never meet")
    void tenantsWithTheSameIdsNeverMeet() {
        try (EventStream demo = stage.events("channel=vault:8");
                EventStream other =
                        EventStream.open(stage.gateway.port(), "/v1/events?channel=vault:8&apikey=pk_other", "")) {
            demo.next("SUBSCRIBED");
            other.next("SUBSCRIBED");

            stage.topology.publish("demo", frame("vault:8", "source", "canary-demo", 1));
            stage.topology.publish("other", frame("vault:8", "source", "canary-other", 1));

            assertThat(demo.next("INVALIDATE").data()).contains("canary-demo");
            assertThat(other.next("INVALIDATE").data()).contains("canary-other");
        }
    }

    @Test
    @DisplayName("T26 T27: a cursor of another tenant is a reset and no data")
    void aCursorOfAnotherTenantIsAResetAndNoData() {
        stage.topology.publish("other", frame("vault:9", "source", "secret", 1));

        try (EventStream stream = EventStream.open(
                stage.gateway.port(),
                "/v1/events?channel=vault:9",
                "apikey: pk_demo\r\nLast-Event-ID: " + stage.topology.cursor("other", -1) + "\r\n")) {
            assertThat(stream.next("RESET").data()).contains("\"reason\":\"CURSOR\"");
            stream.next("SUBSCRIBED");
        }
    }

    @Test
    void aForbiddenChannelIsRejectedAndTheOthersWork() {
        stage.topology.forbid("vault:10");

        try (EventStream stream = stage.events("channel=vault:10&channel=vault:11")) {
            assertThat(stream.next("SUBSCRIBED").data())
                    .contains("\"count\":1", "{\"target\":\"vault:10\",\"code\":\"NOT_FOUND\"}");
        }
    }

    @Test
    void progressFollowsSubscribed() {
        try (EventStream stream = stage.events("channel=vault:12")) {
            stream.next("SUBSCRIBED");

            Event progress = stream.next("PROGRESS");
            assertThat(progress.data()).contains("\"lagMs\":");
            assertThat(progress.id()).isNotEmpty();
        }
    }

    @Test
    void http10GetsAStreamThatEndsWithTheConnection() {
        try (EventStream stream = EventStream.send(
                stage.gateway.port(), "GET /v1/events?channel=vault:13 HTTP/1.0\r\napikey: pk_demo\r\n\r\n")) {
            assertThat(stream.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("transfer-encoding");
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:13", "source", "1", 1));
            stream.next("INVALIDATE");
        }
    }

    @Test
    void connectionCloseDoesNotEndTheStream() {
        try (EventStream stream = EventStream.open(
                stage.gateway.port(), "/v1/events?channel=vault:14", "apikey: pk_demo\r\nConnection: close\r\n")) {
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:14", "source", "1", 1));
            stream.next("INVALIDATE");
        }
    }

    @Test
    void requestsThatFollowTheStreamsOwnAreNotAnswered() {
        String health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (EventStream stream = EventStream.open(
                stage.gateway.port(),
                "/v1/events?channel=vault:17",
                "apikey: pk_demo\r\n\r\n" + health.trim() + "\r\n")) {
            stream.next("SUBSCRIBED");
            stream.write(health);
            stage.topology.publish("demo", frame("vault:17", "source", "1", 1));
            stream.next("INVALIDATE");
            stream.write(health.repeat(10_000));
            stage.topology.publish("demo", frame("vault:17", "source", "2", 2));
            stream.next("INVALIDATE");
        }
    }

    @Test
    @DisplayName("Row 29: the head says that nothing on the way may keep or change it")
    void theHeadSaysThatNothingOnTheWayMayKeepIt() {
        try (EventStream stream = stage.events("channel=vault:15")) {
            String head = stream.head()
                    .replaceAll("(?i)date: [^\r]*\r\n", "")
                    .replaceAll("X-Request-Id: [0-9a-f]{32}\r\n", "X-Request-Id: made\r\n");
            assertThat(head).isEqualTo("""
                            HTTP/1.1 200 OK
                            X-Request-Id: made
                            Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
                            X-Content-Type-Options: nosniff
                            X-Frame-Options: DENY
                            X-XSS-Protection: 0
                            Referrer-Policy: no-referrer
                            Vary: Origin
                            Content-Type: text/event-stream
                            Cache-Control: no-cache, no-store, no-transform
                            X-Accel-Buffering: no
                            transfer-encoding: chunked

                            """.replace("\n", "\r\n"));
        }
    }

    @Test
    void whatIsWrongWithTheQueryIsAProblemWithACode() {
        for (String query : List.of("", "channel=vault", "entity=source", "channel=vault:1&mode=all", "entity=%20:1")) {
            try (EventStream stream = stage.events(query)) {
                assertThat(stream.status()).as(query).isEqualTo(400);
                assertThat(stream.head()).contains("application/problem+json");
            }
        }
    }

    @Test
    @DisplayName("G-1 rows 30 and 31: abrupt closes of 500 clients leave no session")
    void abruptClosesOf500ClientsLeaveNoSession() {
        int before = stage.gateway.connections();
        List<EventStream> streams = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            streams.add(stage.events("channel=vault:16"));
        }
        streams.forEach(stream -> stream.next("SUBSCRIBED"));

        streams.forEach(EventStream::abort);

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> stage.gateway.connections() <= before);
        Awaitility.await().until(() -> stage.topology.unsubscribed("vault:16") == 1);
    }
}
