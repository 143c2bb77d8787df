package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static dev.rowcast.gateway.support.TopologyStandIn.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Who gets a change, how many that were, and when the node stops asking for it.
class ReceiversTest extends OnStage {

    @Test
    void aTransactionsSubscribersAreCountedOnceWhateverTheyGetOfIt() {
        try (EventStream both = stage.events("channel=vault:1&channel=vault:2");
                EventStream first = stage.events("channel=vault:1");
                EventStream second = stage.events("channel=vault:2");
                EventStream neither = stage.events("channel=vault:3")) {
            for (EventStream stream : List.of(both, first, second, neither)) {
                stream.next("SUBSCRIBED");
            }

            publish(4711, frame("vault:1", "source", "a", 1), frame("vault:2", "source", "b", 2));
            both.next("INVALIDATE");
            both.next("INVALIDATE");
            // Other turns of the event loops.
            publish(4711, frame("vault:1", "source", "c", 3));
            both.next("INVALIDATE");
            publish(4711, frame("vault:2", "source", "d", 4));
            both.next("INVALIDATE");
            publish(4712, frame("vault:2", "source", "e", 5));
            both.next("INVALIDATE");

            Awaitility.await().untilAsserted(() -> {
                assertThat(deliveries(4712)).contains("\"subscribers\":2,");
                assertThat(deliveries(4711)).contains("\"subscribers\":3,");
            });
        }
    }

    @Test
    void aHotEntitysSubscribersAllGetTheChangeThoughItComesInParts() {
        Instant later = Instant.now().plusSeconds(600);
        List<Principal> principals = List.of(
                new Principal("user-1", PrincipalKind.USER),
                new Principal("user-2", PrincipalKind.USER),
                new Principal("user-3", PrincipalKind.USER));
        List<SocketClient> clients = principals.stream()
                .map(each -> SocketClient.open(
                        stage.gateway.port(), "/v1/socket?token=" + Jwts.of(each.getId(), "demo", later)))
                .toList();
        for (SocketClient client : clients) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[\"hot\"]}}");
            client.next("SUBSCRIBED");
        }

        stage.topology.publishInParts("demo", withXid(4713, frame("vault:9", "source", "hot", 1)), principals);
        stage.topology.publish("demo", withXid(4714, to(principals, frame("vault:9", "source", "hot", 2))));

        for (SocketClient client : clients) {
            assertThat(client.next("INVALIDATE")).contains("\"version\":1");
            assertThat(client.next("INVALIDATE")).contains("\"version\":2");
            client.close();
        }
        Awaitility.await().untilAsserted(() -> assertThat(deliveries(4713)).contains("\"subscribers\":3,"));
    }

    @Test
    void whoLeavesAChannelTakesItFromNobodyElse() {
        Instant later = Instant.now().plusSeconds(600);
        try (EventStream stays = stage.events("channel=vault:4")) {
            stays.next("SUBSCRIBED");
            try (EventStream leaves = EventStream.open(
                    stage.gateway.port(),
                    "/v1/events?channel=vault:4",
                    "Authorization: Bearer " + Jwts.of("user-9", "demo", later) + "\r\n")) {
                leaves.next("SUBSCRIBED");
            }
            Awaitility.await().until(() -> stage.gateway.connections() == 1);
            try (EventStream another = stage.events("channel=vault:5")) {
                another.next("SUBSCRIBED"); // commands are in order, so a release before it is known by now
            }
            assertThat(stage.topology.unsubscribed("vault:4")).isZero();
        }
        Awaitility.await().until(() -> stage.topology.unsubscribed("vault:4") == 1);
    }

    private static void publish(long xid, Frame... frames) {
        Frame[] ofTransaction = new Frame[frames.length];
        for (int i = 0; i < frames.length; i++) {
            ofTransaction[i] = withXid(xid, frames[i]);
        }
        stage.topology.publish("demo", ofTransaction);
    }

    private static Frame withXid(long xid, Frame frame) {
        return new Frame(
                frame.getChannels(),
                frame.getFiltered(),
                frame.getEntity(),
                frame.getPrincipals(),
                frame.getOffset(),
                frame.getLsn(),
                xid,
                frame.getCommitUs(),
                frame.getCapturedUs(),
                frame.getKeys(),
                frame.getRows());
    }

    private static String deliveries(long xid) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + stage.gateway.managementPort() + "/actuator/deliveries/" + xid);
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
