package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.filtered;
import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static dev.rowcast.gateway.support.TopologyStandIn.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.Unsubscribe;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A filtered channel")
class FilteredTest extends OnStage {

    private static SocketClient demo() {
        return SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
    }

    private static String subscribe(String channel, String filter) {
        return "{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"%s\"],\"filter\":\"%s\"}}"
                .formatted(channel, filter);
    }

    @Test
    @DisplayName("gets on an event stream what is for its filter, and nothing else of the channel")
    void eventStream() {
        try (EventStream stream = stage.events("channel=vault:f1&filter=title=eq.open")) {
            assertThat(stream.next("SUBSCRIBED").data()).contains("\"count\":1,\"filter\":\"title=eq.open\"");

            stage.topology.publish("demo", frame("vault:f1", "source", "1", 1));
            stage.topology.publish("demo", filtered("vault:f1", "title=eq.shut", "source", "2", 2));
            stage.topology.publish("demo", filtered("vault:f1", "title=eq.open", "source", "3", 3));

            assertThat(stream.next("INVALIDATE").data()).contains("\"entityId\":\"3\"");
        }
    }

    @Test
    @DisplayName(
            "is asked for by its canonical form, whatever the spelling; several filters of an address hold together")
    void spelling() {
        try (EventStream stream = stage.events(
                        "channel=vault:f2&filter=or=(vault_id.is.null,title.eq.%22open%22)" + "&filter=not.id=lt.5");
                SocketClient client = demo()) {
            String canonical = "id=gte.5,or=(title.eq.open,vault_id.is.null)";
            assertThat(stream.next("SUBSCRIBED").data()).contains("\"filter\":\"" + canonical + "\"");
            client.send(subscribe("vault:f2", "and=(id.gte.5, or(vault_id.is.null,title.eq.open))"));
            assertThat(client.next("SUBSCRIBED")).contains("\"filter\":\"" + canonical + "\"");

            assertThat(stage.topology.commands())
                    .filteredOn(command -> command.getBody() instanceof Subscribe asked
                            && asked.getTargets().equals(List.of(target("vault:f2", canonical))))
                    .hasSize(2);
        }
    }

    @Test
    @DisplayName("is another subscription than the channel, and a connection that has both gets a frame once")
    void once() {
        try (SocketClient client = demo()) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:f3\"]}}")
                    .send(subscribe("vault:f3", "title=eq.open"))
                    .send(subscribe("vault:f3", "title=eq.shut"));
            client.next("SUBSCRIBED");
            client.next("SUBSCRIBED");
            client.next("SUBSCRIBED");

            Frame both = Frame.newBuilder(frame("vault:f3", "source", "1", 1))
                    .setFiltered(List.of(target("vault:f3", "title=eq.open"), target("vault:f3", "title=eq.shut")))
                    .build();
            stage.topology.publish("demo", both);
            stage.topology.publish("demo", frame("vault:f3", "source", "2", 2));

            assertThat(client.next("INVALIDATE")).contains("\"entityId\":\"1\"");
            assertThat(client.next("INVALIDATE")).contains("\"entityId\":\"2\"");
        }
    }

    @Test
    @DisplayName("that a row left is not told to a connection for which the row is still there by another subscription")
    void lastMeaningCounts() {
        long start = stage.topology.last("demo");
        Frame left = withAction(filtered("vault:f4", "title=eq.open", "source", "1", 9), "DELETE");
        Frame entered = withAction(filtered("vault:f4", "title=eq.shut", "source", "1", 9), "CREATE");
        Frame stayed = frame("vault:f4", "source", "1", 9);
        try (SocketClient all = demo();
                SocketClient open = demo();
                SocketClient two = demo()) {
            all.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:f4\"]}}")
                    .send(subscribe("vault:f4", "title=eq.open"));
            all.next("SUBSCRIBED");
            all.next("SUBSCRIBED");
            open.send(subscribe("vault:f4", "title=eq.open"));
            open.next("SUBSCRIBED");
            two.send(subscribe("vault:f4", "title=eq.open")).send(subscribe("vault:f4", "title=eq.shut"));
            two.next("SUBSCRIBED");
            two.next("SUBSCRIBED");

            stage.topology.publish("demo", left, entered, stayed, frame("vault:f4-other", "source", "2", 9));

            assertThat(all.next("INVALIDATE")).contains("UPDATE").contains("\"cursor\"");
            assertThat(open.next("INVALIDATE")).contains("DELETE").contains("\"cursor\"");
            assertThat(two.next("INVALIDATE")).contains("CREATE").contains("\"cursor\"");
            two.send("{\"type\":\"PING\"}");
            two.next("PONG");
            assertThat(two.count("INVALIDATE")).isZero();
        }
        try (EventStream resumed = EventStream.open(
                stage.gateway.port(),
                "/v1/events?channel=vault:f4&cursor=" + stage.topology.cursor("demo", start),
                "apikey: pk_demo\r\n")) {
            assertThat(resumed.next("INVALIDATE").data()).contains("UPDATE");
            resumed.next("SUBSCRIBED");
        }
    }

    private static Frame withAction(Frame frame, String action) {
        return Frame.newBuilder(frame)
                .setKeys(frame.getKeys().replace("\"UPDATE\"", "\"" + action + "\""))
                .build();
    }

    @Test
    @DisplayName("ends by its own name, and the topology hears of it when the last one leaves")
    void unsubscribe() {
        try (SocketClient client = demo();
                SocketClient other = demo()) {
            other.send(subscribe("vault:f5", "title=eq.open"));
            other.next("SUBSCRIBED");
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:f5\"]}}")
                    .send(subscribe("vault:f5", "title=eq.open"));
            client.next("SUBSCRIBED");
            client.next("SUBSCRIBED");

            client.send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"channels\":[\"vault:f5\"]}}");
            Awaitility.await().until(() -> released("vault:f5", ""));
            stage.topology.publish("demo", frame("vault:f5", "source", "1", 1));
            stage.topology.publish("demo", filtered("vault:f5", "title=eq.open", "source", "2", 2));
            assertThat(client.next("INVALIDATE")).contains("\"entityId\":\"2\"");

            client.send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"channels\":[\"vault:f5\"],"
                    + "\"filter\":\"and=(title.eq.open)\"}}");
            client.send("{\"type\":\"PING\"}");
            client.next("PONG");
            assertThat(released("vault:f5", "title=eq.open")).isFalse();
            other.close();
            Awaitility.await().until(() -> released("vault:f5", "title=eq.open"));
        }
    }

    private static boolean released(String channel, String filter) {
        return stage.topology.commands().stream()
                .anyMatch(command -> command.getBody() instanceof Unsubscribe unsubscribe
                        && unsubscribe.getTargets().contains(target(channel, filter)));
    }

    @Test
    @DisplayName("replays what is for its filter")
    void replay() {
        long start = stage.topology.last("demo");
        stage.topology.publish("demo", filtered("vault:f6", "title=eq.open", "source", "1", 1));
        stage.topology.publish("demo", filtered("vault:f6", "title=eq.shut", "source", "2", 2));

        try (EventStream stream =
                stage.events("channel=vault:f6&filter=title=eq.shut&cursor=" + stage.topology.cursor("demo", start))) {
            assertThat(stream.next("INVALIDATE").data()).contains("\"entityId\":\"2\"");
            stream.next("SUBSCRIBED");
        }
    }

    @Test
    @DisplayName(
            "is named with its filter where it is rejected, reset or revoked; revoking the channel ends every filter")
    void names() {
        stage.topology.forbid("vault:f7-not");
        try (SocketClient client = demo()) {
            client.send(subscribe("vault:f7-not", "title=eq.open"));
            assertThat(client.next("SUBSCRIBED"))
                    .contains("\"rejected\":[{\"target\":\"vault:f7-not?title=eq.open\",\"code\":\"NOT_FOUND\"}]");
            client.send(subscribe("vault:f7", "title=eq.open"));
            client.next("SUBSCRIBED");

            stage.topology.tell(
                    "demo", new Reset(null, null, ResetReason.TRUNCATED, List.of(target("vault:f7", "title=eq.open"))));
            assertThat(client.next("RESET")).contains("\"targets\":[\"vault:f7?title=eq.open\"]");

            Principal key = new Principal("key-demo", PrincipalKind.KEY);
            stage.topology.tell("demo", new Revoked(key, List.of(target("vault:f7", "title=eq.shut"))));
            stage.topology.publish("demo", filtered("vault:f7", "title=eq.open", "source", "1", 1));
            assertThat(client.next("INVALIDATE")).contains("\"entityId\":\"1\"");
            stage.topology.tell("demo", new Revoked(key, List.<Target>of(target("vault:f7", ""))));
            assertThat(client.next("REVOKED")).contains("\"targets\":[\"vault:f7\"]");
            stage.topology.publish("demo", filtered("vault:f7", "title=eq.open", "source", "2", 2));
            client.send("{\"type\":\"PING\"}");
            client.next("PONG");
            assertThat(client.count("INVALIDATE")).isZero();
        }
    }

    @Test
    @DisplayName("is refused with the part and the reason when the filter is none, or asks for what is not delivered")
    void refused() {
        String path = "channel=vault:f8&filter=";
        for (String[] bad : new String[][] {
            {"title=open", "no operator 'open'"},
            {"secret=eq.1", "'secret'"},
            {"title=eq.x,", "begins with no column"},
            {"", "empty"}
        }) {
            try (EventStream stream = stage.events(path + bad[0])) {
                assertThat(stream.status()).isEqualTo(400);
            }
            try (SocketClient client = demo()) {
                client.send(subscribe("vault:f8", bad[0]));
                assertThat(client.next("ERROR")).contains("\"code\":\"INVALID_FILTER\"", bad[1]);
            }
        }
        try (EventStream stream = stage.events("entity=source:1&filter=title=eq.open")) {
            assertThat(stream.status()).isEqualTo(400);
        }
        try (EventStream stream = stage.events("channel=vault:1&filter")) {
            assertThat(stream.status()).isEqualTo(400);
        }
    }
}
