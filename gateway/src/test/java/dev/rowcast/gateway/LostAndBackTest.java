package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.schemas.avro.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What a client lost, or never had, and may have again: whichever cursor it resumes with, it misses nothing unsaid.
class LostAndBackTest extends OnStage {

    @Test
    @DisplayName("P3: an event stream that lost a channel and connects again is reset there, and goes on elsewhere")
    void anEventStreamThatLostAChannelIsResetThere() {
        stage.topology.grant("room:21", "alice");
        String last;
        try (EventStream stream = stream("alice", "channel=room:21&channel=vault:21", "")) {
            stream.next("SUBSCRIBED");
            long revoked = stage.topology.revoke("room:21", "alice");
            String ofRevoked = stream.next("REVOKED").id();
            assertThat(ofRevoked).isEqualTo(stage.topology.cursor("demo", revoked - 1));
            stage.topology.grant("room:21", "alice", new Span(-1L, revoked));
            stage.topology.publish("demo", frame("room:21", "source", "missed", 1));
            stage.topology.publish("demo", frame("vault:21", "source", "had", 2));
            assertThat(stream.next("INVALIDATE").data()).contains("\"had\"");
            stage.topology.progress(1);
            last = stream.next("PROGRESS").id();
            assertThat(last).isNotEmpty();
        }
        stage.topology.publish("demo", frame("vault:21", "source", "next", 3));

        try (EventStream stream =
                stream("alice", "channel=room:21&channel=vault:21", "Last-Event-ID: " + last + "\r\n")) {
            List<String> came = untilSubscribed(stream);

            assertThat(came).anyMatch(each -> each.contains("LAPSED") && each.contains("room:21"));
            assertThat(came).noneMatch(each -> each.contains("RESET") && each.contains("vault:21"));
            assertThat(came).anyMatch(each -> each.contains("\"next\""));
            stage.topology.publish("demo", frame("room:21", "source", "live", 4));
            assertThat(stream.next("INVALIDATE").data()).contains("\"live\"");
            stage.topology.progress(2);
            // It has everything again, and so have its cursors.
            assertThat(stream.next("PROGRESS").id()).doesNotContain(".");
        }
    }

    @Test
    @DisplayName("P3: with the cursor of REVOKED a client misses nothing and is not reset")
    void withTheCursorOfRevokedNothingIsMissed() {
        stage.topology.grant("room:22", "alice");
        String cursor;
        try (EventStream stream = stream("alice", "channel=room:22", "")) {
            stream.next("SUBSCRIBED");
            long revoked = stage.topology.revoke("room:22", "alice");
            cursor = stream.next("REVOKED").id();
            stage.topology.grant("room:22", "alice", new Span(-1L, revoked));
        }
        stage.topology.publish("demo", frame("room:22", "source", "back", 1));

        try (EventStream stream = stream("alice", "channel=room:22", "Last-Event-ID: " + cursor + "\r\n")) {
            List<String> came = untilSubscribed(stream);

            assertThat(came).noneMatch(each -> each.contains("RESET"));
            assertThat(came).anyMatch(each -> each.contains("\"back\""));
        }
    }

    @Test
    @DisplayName("P3: what was refused, also again and again, is reset once it is let in")
    void whatWasRefusedIsResetOnceItIsLetIn() {
        String cursor = "";
        for (int i = 0; i < 3; i++) {
            String resume = cursor.isEmpty() ? "" : "Last-Event-ID: " + cursor + "\r\n";
            try (EventStream stream = stream("bob", "channel=room:23&channel=vault:23", resume)) {
                Event answer = stream.next("SUBSCRIBED");
                assertThat(answer.data()).contains("NOT_FOUND");
                cursor = answer.id();
            }
        }
        stage.topology.grant("room:23", "bob");

        try (EventStream stream =
                stream("bob", "channel=room:23&channel=vault:23", "Last-Event-ID: " + cursor + "\r\n")) {
            assertThat(untilSubscribed(stream))
                    .anyMatch(each -> each.contains("RESET") && each.contains("[\"room:23\"]"));
        }
    }

    @Test
    @DisplayName("P3: what a client has given up is not reset when it comes back to it from nowhere")
    void whatAClientHasGivenUpIsNotReset() {
        stage.topology.grant("room:24", "alice");
        try (SocketClient client = SocketClient.open(stage.gateway.port(), "/v1/socket?token=" + token("alice"))) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"room:24\",\"vault:24\"]}}");
            client.next("SUBSCRIBED");
            stage.topology.revoke("room:24", "alice");
            client.next("REVOKED");
            stage.topology.progress(3);
            client.send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"channels\":[\"room:24\"]}}");
            client.send("{\"type\":\"PING\"}");
            client.next("PONG");
            stage.topology.publish("demo", frame("vault:24", "source", "x", 1));

            assertThat(client.next("INVALIDATE")).contains("\"cursor\"");
        }
    }

    @Test
    @DisplayName("P3: a cursor that is refused names no target that the client does not have")
    void aCursorThatIsRefusedNamesNoTarget() {
        String refused = stage.topology.cursor("other", stage.topology.last("other")) + ".*";

        try (EventStream stream = stream("alice", "channel=vault:25", "Last-Event-ID: " + refused + "\r\n")) {
            assertThat(untilSubscribed(stream).stream().filter(each -> each.contains("RESET")))
                    .singleElement(STRING)
                    .contains("\"reason\":\"CURSOR\"");
        }
    }

    private static List<String> untilSubscribed(EventStream stream) {
        List<String> came = new ArrayList<>();
        for (Event event = stream.next(); !event.type().equals("SUBSCRIBED"); event = stream.next()) {
            came.add(event.data());
        }
        return came;
    }

    private static EventStream stream(String user, String query, String headers) {
        return EventStream.open(stage.gateway.port(), "/v1/events?" + query + "&token=" + token(user), headers);
    }

    private static String token(String user) {
        return Jwts.of(user, "demo", Instant.now().plusSeconds(600));
    }
}
