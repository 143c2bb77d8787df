package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.ApiDescription;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.Polls;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Vectors;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Presence;
import dev.rowcast.schemas.protocol.Decoded;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.Frames;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ProtocolLimits;
import dev.rowcast.schemas.protocol.SseFrame;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The protocol as a running gateway speaks it.
class ConformanceTest extends OnStage {

    private static final ProtocolCodec CODEC = new ProtocolCodec(ProtocolLimits.DEFAULTS);
    private static final ApiDescription SCHEMAS = ApiDescription.read("asyncapi.yaml");

    /// What a message that is in order may be answered with: the catalog or the credential does not allow it, or it is
    /// about a channel that is not subscribed.
    private static final Set<String> JUDGED = Set.of("INVALID_FILTER", "AUTH_FAILED", "WAIT_TIMEOUT", "NOT_FOUND");

    static List<Vectors> vectors() {
        return Vectors.of("client");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    @DisplayName("RX-11 to RX-15, RX-20, RX-38: every client vector is answered as it says")
    void aClientVectorIsAnsweredAsItSays(Vectors vector) {
        try (SocketClient client = SocketClient.open(
                stage.gateway.port(),
                "/v1/socket?token=" + Jwts.of("user-1", "demo", Instant.now().plusSeconds(3600)))) {
            client.next("WELCOME");
            client.send(vector.text());
            if (vector.text().getBytes(StandardCharsets.UTF_8).length > ProtocolLimits.DEFAULTS.frameBytes()) {
                assertThat(client.closeCode()).isEqualTo(1009);
                return;
            }
            if (vector.fails().isPresent()) {
                JsonNode error = JsonMapper.shared().readTree(client.next("ERROR"));
                JsonNode payload = error.get("payload");
                assertThat(payload.get("code").asString())
                        .isEqualTo(vector.fails().get());
                assertThat(payload.get("message").asString()).contains(vector.naming());
                assertThat(error.path("id").stringValueOpt()).isEqualTo(vector.id());
                client.send("{\"type\":\"PING\"}");
                client.next("PONG");
            } else {
                assertThat(refusals(client, vector.text())).isSubsetOf(JUDGED);
            }
        }
    }

    /// The codes of the errors that come before the answer, or before that of a PING where there is none.
    private static List<String> refusals(SocketClient client, String sent) {
        String answer = switch (JsonMapper.shared().readTree(sent).path("type").asString()) {
            case "SUBSCRIBE" -> "SUBSCRIBED";
            case "TOKEN_REFRESH" -> "ERROR";
            default -> "PONG";
        };
        if (answer.equals("PONG")) {
            client.send("{\"type\":\"PING\"}");
        }
        List<String> codes = new ArrayList<>();
        for (String text = client.next(); ; text = client.next()) {
            if (Frames.type(text).equals("ERROR")) {
                codes.add(JsonMapper.shared().readTree(text).at("/payload/code").asString());
                if (!answer.equals("PONG")) {
                    return codes;
                }
            }
            if (Frames.type(text).equals(answer)) {
                return codes;
            }
        }
    }

    @Test
    void everyMessageOfAWebSocketIsAsDescribed() {
        stage.topology.grant("room:1", "user-1");
        Set<String> seen = new TreeSet<>();
        try (SocketClient client = SocketClient.open(
                stage.gateway.port(),
                "/v1/socket?token=" + Jwts.of("user-1", "demo", Instant.now().plusSeconds(200)))) {
            Expecting expecting = new Expecting(() -> checked(client.next(), seen));
            expecting.type("WELCOME");
            expecting.type("TOKEN_EXPIRING_SOON");
            client.send("{\"type\":\"PING\",\"id\":\"1\"}");
            expecting.type("PONG");
            client.send("{\"type\":\"SUBSCRIBE\",\"id\":\"s\",\"payload\":{\"channels\":[\"vault:1\",\"room:1\"],"
                    + "\"mode\":\"rows\",\"cursor\":\"nonsense\"}}");
            expecting.type("RESET");
            expecting.type("SUBSCRIBED");
            expecting.type("PROGRESS");
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"lobby:1\"],\"presence\":true}}");
            expecting.type("SUBSCRIBED");
            changes("vault:1", "lobby:1");
            expecting.type("INVALIDATE");
            expecting.type("CHANGE");
            expecting.type("CONTENT");
            expecting.type("PRESENCE");
            client.send("{\"type\":\"WAIT\",\"payload\":{\"lsn\":\"0/0\",\"timeoutMs\":9000}}");
            expecting.type("REACHED");
            stage.topology.revoke("room:1", "user-1");
            expecting.type("REVOKED");
            client.send("{\"type\":\"NO_SUCH\"}");
            expecting.type("ERROR");
        }
        assertThat(seen).hasSize(13).doesNotContain("GOAWAY");
    }

    @Test
    void everyEventOfAStreamIsAsDescribedAndFramedAsTheVectorsHaveIt() {
        stage.topology.grant("room:2", "user-2");
        Set<String> seen = new TreeSet<>();
        String token = Jwts.of("user-2", "demo", Instant.now().plusSeconds(200));
        try (EventStream stream = EventStream.open(
                stage.gateway.port(),
                "/v1/events?channel=vault:2&channel=room:2&channel=lobby:2&mode=rows&presence=true&cursor=nonsense"
                        + "&token=" + token,
                "")) {
            Expecting expecting = new Expecting(() -> {
                Event event = stream.next();
                while (event.type().equals("retry") || event.type().equals("comment")) {
                    event = stream.next();
                }
                String json = event.data();
                assertThat(event.text() + "\n\n")
                        .isEqualTo(SseFrame.of(json, Frames.cursor(json)).text());
                return checked(json, seen);
            });
            expecting.type("WELCOME");
            expecting.type("RESET");
            expecting.type("SUBSCRIBED");
            expecting.type("PROGRESS");
            changes("vault:2", "lobby:2");
            expecting.type("INVALIDATE");
            expecting.type("CHANGE");
            expecting.type("CONTENT");
            expecting.type("PRESENCE");
            stage.topology.revoke("room:2", "user-2");
            expecting.type("REVOKED");
        }
        assertThat(seen).contains("TOKEN_EXPIRING_SOON").hasSize(10);
    }

    @Test
    void everyMessageOfALongPollIsAsDescribed() {
        stage.topology.grant("room:3", "user-1");
        Set<String> seen = new TreeSet<>();
        String[] as = {
            "Authorization", "Bearer " + Jwts.of("user-1", "demo", Instant.now().plusSeconds(200))
        };
        Polls.Answer first = Polls.poll(stage.gateway.port(), "channel=vault:3&channel=room:3&cursor=nonsense", as);
        changes("vault:3", "lobby:3");
        String query = "mode=rows&channel=vault:3&channel=room:3&cursor=";
        Polls.Answer second =
                Polls.poll(stage.gateway.port(), query + first.cursor().orElseThrow(), as);
        Polls.Waiting waiting =
                Polls.begin(stage.gateway.port(), query + second.cursor().orElseThrow(), as);
        org.awaitility.Awaitility.await()
                .until(() -> stage.topology.askedIn("room:3").size() == 3);
        stage.topology.revoke("room:3", "user-1");

        for (Polls.Answer answer : List.of(first, second, waiting.answer())) {
            List<String> texts = answer.texts();
            texts.forEach(text -> checked(text, seen));
            assertThat(answer.body())
                    .isEqualTo("{\"messages\":[" + String.join(",", texts) + "],\"cursor\":\""
                            + answer.cursor().orElseThrow() + "\"}");
        }
        assertThat(seen)
                .contains("WELCOME", "RESET", "SUBSCRIBED", "PROGRESS", "INVALIDATE", "CHANGE", "CONTENT", "REVOKED");
    }

    /// One change of each kind, as the topology renders them.
    private static void changes(String vault, String lobby) {
        Frame keys = frame(vault, "source", "1", 1);
        stage.topology.publish("demo", Frame.newBuilder(keys).setRows(null).build());
        stage.topology.publish(
                "demo",
                Frame.newBuilder(keys).setRows(vector("change.json: full")).build());
        stage.topology.publish(
                "demo",
                Frame.newBuilder(keys)
                        .setRows(null)
                        .setEntity(null)
                        .setKeys(vector("content.json: full"))
                        .build());
        stage.topology.tell("demo", new Presence(lobby, 1, List.of("user-1"), List.of(), true));
    }

    /// What it becomes, as it is before the node adds the cursor.
    private static String vector(String name) {
        return Vectors.of("server").stream()
                .filter(vector -> vector.name().endsWith(name))
                .findFirst()
                .flatMap(Vectors::becomes)
                .orElseThrow()
                .replaceAll(",\"cursor\":\"[^\"]*\"}$", "}");
    }

    /// It is of the protocol, of its schema, and written as the codec writes it.
    private static String checked(String json, Set<String> seen) {
        seen.add(Frames.type(json));
        assertThat(SCHEMAS.problems("ServerMessage", json)).as(json).isEmpty();
        assertThat(CODEC.decodeServer(json))
                .as(json)
                .isInstanceOfSatisfying(
                        Decoded.Ok.class,
                        ok -> assertThat(CODEC.encode((Envelope) ok.message())).isEqualTo(json));
        return json;
    }

    /// Messages in the order in which they come; others may be between.
    private record Expecting(Supplier<String> next) {
        void type(String type) {
            for (String json = next.get(); !Frames.type(json).equals(type); json = next.get()) {
                assertThat(json).isNotEmpty();
            }
        }
    }
}
