package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What is secret is in nothing that the gateway says to operators, and what may not be seen looks like nothing.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class NoSecretsTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static String send(int port, String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString()).join().body();
    }

    @Test
    @DisplayName("T6 T7: no token, ticket or key is in a log or metric, whatever becomes of it")
    void noCredentialIsInALogOrMetric(Kafka kafka, Registry registry) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String metrics;
        String token = Jwts.of("user-1", "demo", Instant.now().plusSeconds(600));
        String expired = Jwts.of("user-1", "demo", Instant.now().minusSeconds(600));
        String refreshed = Jwts.of("user-1", "demo", Instant.now().plusSeconds(1200));
        String forged = Jwts.signed(
                "{\"alg\":\"HS256\",\"kid\":\"canary-kid\"}",
                "{\"sub\":\"canary\"}",
                "another secret, 32 bytes at least");
        String ticket;
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setErr(System.out);
        try (Stage stage = Stage.set(kafka, registry)) {
            int port = stage.gateway.port();
            stage.key("key-canary", "demo", "pk_canary_publishable", null);
            stage.key("key-hidden", "demo", "sk_canary_hidden", null);
            Awaitility.await()
                    .until(() -> send(port, "POST", "/v1/tickets", "apikey", "pk_canary_publishable")
                            .contains("ticket"));
            ticket = send(port, "POST", "/v1/tickets", "Authorization", "Bearer " + token)
                    .replaceAll(".*\"ticket\":\"([^\"]+)\".*", "$1");
            String path = "/v1/events?channel=vault:1";
            for (String query : List.of(
                    "&ticket=" + ticket,
                    "&tick%65t=" + ticket,
                    "&token=" + token,
                    "&%74oken=" + expired,
                    "&token=" + forged,
                    "&apikey=pk_canary_publishable",
                    "&apikey=sk_canary_hidden",
                    "&apikey=pk_canary_unknown",
                    "&somewhere=" + token)) {
                try (EventStream stream = EventStream.open(port, path + query, "")) {
                    assertThat(stream.status()).isBetween(200, 403);
                }
            }
            for (String header :
                    List.of("apikey: sk_canary_hidden", "Authorization: Bearer " + forged, "X-API-Key: " + expired)) {
                try (EventStream stream = EventStream.open(port, path, header + "\r\n")) {
                    assertThat(stream.status()).isBetween(200, 403);
                }
            }
            try (SocketClient socket = SocketClient.open(port, "/v1/socket?token=" + token)) {
                socket.send("{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"" + refreshed + "\"}}");
                socket.send("{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"" + forged + "\"}}");
                assertThat(socket.closeCode()).isEqualTo(4501);
            }
            send(port, "GET", "/v1/entities/source?token=" + token);
            send(port, "GET", "/v1/nothing?token=" + token);
            metrics = send(stage.gateway.managementPort(), "GET", "/actuator/prometheus")
                    + send(stage.gateway.managementPort(), "GET", "/actuator/keys");
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        String all = said.toString(StandardCharsets.UTF_8) + metrics;
        assertThat(all).contains("***");
        for (String secret : List.of(
                token,
                expired,
                refreshed,
                forged,
                ticket,
                "pk_canary",
                "sk_canary",
                Stage.JWT_SECRET,
                Stage.CURSOR_SECRET,
                "canary-kid")) {
            assertThat(all.contains(secret)).as(secret).isFalse();
        }
        // Nor parts of them: each signature is whole in it.
        for (String jwt : List.of(token, expired, refreshed, forged)) {
            assertThat(all.contains(jwt.substring(jwt.lastIndexOf('.') + 1))).isFalse();
        }
    }

    @Test
    @DisplayName("T27: another tenant's cursor, and one with a flipped bit, are a reset and bring no data")
    void aForgedCursorBringsNoData(Kafka kafka, Registry registry) throws Exception {
        try (Stage stage = Stage.set(kafka, registry)) {
            String cursor;
            try (EventStream stream = stage.events("channel=vault:1")) {
                cursor = stream.next("SUBSCRIBED").id();
                stage.topology.publish(
                        "demo", dev.rowcast.gateway.support.TopologyStandIn.frame("vault:1", "source", "canary", 1));
                stream.next("INVALIDATE");
            }
            // Its own cursor brings what it missed.
            try (EventStream stream = stage.events("channel=vault:1&cursor=" + cursor)) {
                assertThat(stream.next("INVALIDATE").data()).contains("canary");
            }
            try (EventStream other = EventStream.open(
                    stage.gateway.port(), "/v1/events?channel=vault:1&cursor=" + cursor, "apikey: pk_other\r\n")) {
                assertThat(other.next("RESET").data()).contains("\"reason\":\"CURSOR\"");
                assertThat(other.next("SUBSCRIBED").data()).contains("\"count\":1");
                assertThat(other.next("PROGRESS").data()).doesNotContain("canary");
            }
            for (int at = 0; at < cursor.length(); at += 5) {
                char other = cursor.charAt(at) == 'A' ? 'B' : 'A';
                String flipped = cursor.substring(0, at) + other + cursor.substring(at + 1);
                try (EventStream stream = stage.events("channel=vault:1&cursor=" + flipped)) {
                    assertThat(stream.next("RESET").data()).contains("\"reason\":\"CURSOR\"");
                    EventStream.Event next = stream.next();
                    while (!next.type().equals("PROGRESS")) {
                        assertThat(next.type()).isNotEqualTo("INVALIDATE");
                        next = stream.next();
                    }
                }
            }
        }
    }
}
