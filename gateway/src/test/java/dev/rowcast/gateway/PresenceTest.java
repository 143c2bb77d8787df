package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.avro.Subscribe;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Who else is there, for those who asked.
class PresenceTest extends OnStage {

    @Test
    @DisplayName("an event stream that asks for it is told, without an id; one that does not is told nothing")
    void anEventStreamThatAsksForItIsTold() {
        try (EventStream asks = stage.events("channel=lobby:1&presence=true");
                EventStream asksNot = stage.events("channel=lobby:1")) {
            asks.next("SUBSCRIBED");
            asksNot.next("SUBSCRIBED");

            everybody("lobby:1", 2, "alice", "bob");
            stage.topology.publish("demo", frame("lobby:1", "guest", "1", 1));

            EventStream.Event told = asks.next("PRESENCE");
            assertThat(told.id()).isEmpty();
            assertThat(told.data())
                    .isEqualTo("{\"type\":\"PRESENCE\",\"payload\":{\"channel\":\"lobby:1\",\"count\":2,\"full\":true,"
                            + "\"joined\":[\"alice\",\"bob\"]}}");
            asks.next("INVALIDATE");
            EventStream.Event next = asksNot.next();
            while (List.of("PROGRESS", "comment").contains(next.type())) {
                next = asksNot.next();
            }
            assertThat(next.type()).isEqualTo("INVALIDATE");
        }
    }

    @Test
    @DisplayName("what is told is the difference, and a subscription more is told everything at once")
    void whatIsToldIsTheDifference() {
        try (SocketClient client = demo()) {
            client.send(subscribe("lobby:2", "true"));
            client.next("SUBSCRIBED");
            everybody("lobby:2", 2, "alice", "bob");
            assertThat(client.next("PRESENCE")).contains("\"count\":2,\"full\":true,\"joined\":[\"alice\",\"bob\"]}");

            changed("lobby:2", 2, List.of("carol"), List.of("alice"));
            assertThat(client.next("PRESENCE")).contains("\"count\":2,\"joined\":[\"carol\"],\"left\":[\"alice\"]}");

            everybody("lobby:2", 2, "bob", "carol");
            everybody("lobby:2", 3, "bob", "carol", "dave");
            assertThat(client.next("PRESENCE")).contains("\"count\":3,\"joined\":[\"dave\"]}");

            client.send(subscribe("lobby:2", "true"));
            client.next("SUBSCRIBED");
            assertThat(client.next("PRESENCE"))
                    .contains("\"count\":3,\"full\":true,\"joined\":[\"bob\",\"carol\",\"dave\"]}");
        }
    }

    @Test
    @DisplayName("where there are too many to name them, the names are void, until they come again")
    void whereThereAreTooManyTheNamesAreVoid() {
        try (SocketClient client = demo()) {
            client.send(subscribe("lobby:3", "true"));
            client.next("SUBSCRIBED");
            everybody("lobby:3", 1, "alice");
            client.next("PRESENCE");

            everybody("lobby:3", 1001);
            assertThat(client.next("PRESENCE")).contains("\"count\":1001,\"full\":true}");
            changed("lobby:3", 1002, List.of(), List.of());
            assertThat(client.next("PRESENCE")).contains("\"count\":1002}");
            everybody("lobby:3", 2, "alice", "bob");
            assertThat(client.next("PRESENCE")).contains("\"count\":2,\"full\":true,\"joined\":[\"alice\",\"bob\"]}");
        }
    }

    @Test
    @DisplayName("a difference of what was never told is not understood")
    void aDifferenceOfWhatWasNeverToldIsNotUnderstood() {
        try (SocketClient client = demo()) {
            client.send(subscribe("lobby:4", "true"));
            client.next("SUBSCRIBED");

            changed("lobby:4", 7, List.of("mallory"), List.of());
            everybody("lobby:4", 1, "alice");

            assertThat(client.next("PRESENCE")).contains("\"count\":1,\"full\":true,\"joined\":[\"alice\"]}");
        }
    }

    @Test
    @DisplayName("P7 T1: another tenant's channel of the same name is another channel")
    void anotherTenantsChannelIsAnotherChannel() {
        try (SocketClient client = demo();
                SocketClient other = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_other")) {
            client.send(subscribe("lobby:5", "true"));
            other.send(subscribe("lobby:5", "true"));
            client.next("SUBSCRIBED");
            other.next("SUBSCRIBED");

            everybody("lobby:5", 1, "alice");
            stage.topology.tell("other", new Presence("lobby:5", 1, List.of("oscar"), List.of(), true));

            assertThat(client.next("PRESENCE")).contains("alice");
            assertThat(other.next("PRESENCE")).contains("oscar");
        }
    }

    @Test
    @DisplayName("the topology is asked for every principal, and told when its last connection leaves the channel")
    void theTopologyIsAskedForEveryPrincipal() {
        SocketClient alice = user("alice");
        SocketClient aliceAgain = user("alice");
        try (SocketClient bob = user("bob")) {
            for (SocketClient each : List.of(bob, alice, aliceAgain)) {
                each.send(subscribe("lobby:6", "false"));
                each.next("SUBSCRIBED");
            }
            assertThat(askers("lobby:6")).contains("alice", "bob");

            alice.close();
            bob.send("{\"type\":\"PING\"}");
            bob.next("PONG");
            assertThat(stage.topology.unsubscribed("lobby:6")).isZero();
            aliceAgain.close();

            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(stage.topology.unsubscribed("lobby:6")).isEqualTo(1));
        } finally {
            alice.close();
            aliceAgain.close();
        }
    }

    @Test
    @DisplayName("asking for it in a way that makes no sense is refused")
    void askingInAWayThatMakesNoSenseIsRefused() {
        try (EventStream loud = stage.events("channel=lobby:7&presence=yes");
                EventStream none = stage.events("entity=guest:7&presence=true")) {
            assertThat(loud.status()).isEqualTo(400);
            assertThat(none.status()).isEqualTo(400);
        }
    }

    private static List<String> askers(String channel) {
        return stage.topology.commands().stream()
                .map(command -> command.getBody())
                .filter(Subscribe.class::isInstance)
                .map(Subscribe.class::cast)
                .filter(asked -> asked.getTargets().getFirst().getName().equals(channel))
                .map(asked -> asked.getPrincipal().getId())
                .distinct()
                .toList();
    }

    private static void everybody(String channel, int count, String... names) {
        stage.topology.tell("demo", new Presence(channel, count, List.of(names), List.of(), true));
    }

    private static void changed(String channel, int count, List<String> joined, List<String> left) {
        stage.topology.tell("demo", new Presence(channel, count, joined, left, false));
    }

    private static SocketClient demo() {
        return SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
    }

    private static SocketClient user(String name) {
        String token = Jwts.of(name, "demo", Instant.now().plus(Duration.ofHours(1)));
        return SocketClient.open(stage.gateway.port(), "/v1/socket?token=" + token);
    }

    private static String subscribe(String channel, String presence) {
        return "{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"%s\"],\"presence\":%s}}"
                .formatted(channel, presence);
    }
}
