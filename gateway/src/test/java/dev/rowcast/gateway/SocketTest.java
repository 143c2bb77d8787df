package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.OnStage;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SocketTest extends OnStage {

    private static SocketClient demo() {
        return SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_demo");
    }

    private static SocketClient withToken(String token) {
        return SocketClient.open(stage.gateway.port(), "/?token=" + token);
    }

    @Test
    @DisplayName("P3: what a client missed is not passed over before it has subscribed again")
    void progressHasNoCursorBeforeSomethingIsSubscribed() {
        try (SocketClient client = demo()) {
            assertThat(client.next("PROGRESS")).doesNotContain("cursor");

            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:77\"]}}");

            assertThat(client.next("SUBSCRIBED")).contains("\"cursor\":");
            assertThat(client.next("PROGRESS")).contains("\"cursor\":");
            client.send("{\"type\":\"UNSUBSCRIBE_ALL\"}");
            assertThat(client.next("PROGRESS")).doesNotContain("cursor");
        }
    }

    @Test
    @DisplayName("P3: who comes from a gateway that was further is never sent back by a cursor")
    void aCursorIsNeverBehindThatOfAClientThatWasFurther() {
        long here = stage.topology.publish("demo", frame("vault:76", "source", "1", 1));
        String further = stage.topology.cursor("demo", here + 2);
        try (SocketClient client = demo()) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:76\"],\"cursor\":\"%s\"}}"
                    .formatted(further));

            assertThat(client.next("SUBSCRIBED")).endsWith("\"cursor\":\"%s\"}".formatted(further));
            assertThat(client.next("PROGRESS")).doesNotContain("cursor");
            stage.topology.publish("demo", frame("vault:76", "source", "2", 2));
            stage.topology.publish("demo", frame("vault:76", "source", "3", 3));
            long next = stage.topology.publish("demo", frame("vault:76", "source", "4", 4));

            assertThat(client.next("INVALIDATE"))
                    .contains("\"entityId\":\"4\"")
                    .endsWith("\"cursor\":\"%s\"}".formatted(stage.topology.cursor("demo", next)));
        }
    }

    @Test
    @DisplayName("RX-11 RX-14 RX-16 RX-17 RX-24: the seed's session gets the seed's answers")
    void theSeedsSessionGetsTheSeedsAnswers() {
        try (SocketClient client =
                withToken(Jwts.of("user-1", "demo", Instant.now().plusSeconds(3600)))) {
            client.next("WELCOME");
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"project\",\"entityIds\":["
                    + "\"550e8400-e29b-41d4-a716-446655440001\",\"550e8400-e29b-41d4-a716-446655440002\","
                    + "\"550e8400-e29b-41d4-a716-446655440003\"]}}");
            assertThat(client.next("SUBSCRIBED")).startsWith("{\"type\":\"SUBSCRIBED\",\"payload\":{\"count\":3}");

            stage.topology.publish("demo", frame("vault:1", "project", "550e8400-e29b-41d4-a716-446655440001", 42));
            assertThat(client.next("INVALIDATE"))
                    .startsWith("{\"type\":\"INVALIDATE\",\"payload\":{\"entityCode\":\"project\",\"changes\":["
                            + "{\"entityId\":\"550e8400-e29b-41d4-a716-446655440001\",\"action\":\"UPDATE\","
                            + "\"version\":42}],\"timestamp\":\"2026-01-01T00:00:00.000Z\"},\"cursor\":\"");

            client.send("{ \"type\": \"PING\" }");
            assertThat(client.next("PONG")).isEqualTo("{\"type\":\"PONG\"}");
            client.send("{\"type\":\"UNSUBSCRIBE\",\"payload\":{\"entityCode\":\"project\"}}");
            client.send("{\"type\":\"UNSUBSCRIBE_ALL\"}");
            client.send("{\"type\":\"PING\",\"id\":\"7\"}");
            assertThat(client.next("PONG")).isEqualTo("{\"type\":\"PONG\",\"id\":\"7\"}");
        }
    }

    @Test
    void theSubprotocolIsEchoedWhenOffered() {
        try (SocketClient client = demo()) {
            assertThat(client.subprotocol()).isEqualTo("rowcast.v1.json");
        }
    }

    @Test
    void whatIsNotTheProtocolIsAnErrorAndTheConnectionStays() {
        String many = IntStream.range(0, 513).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
        Map<String, String> cases = Map.of(
                "no json",
                "NOT_JSON",
                "[]",
                "INVALID_MESSAGE",
                "{\"type\":\"NO_SUCH\"}",
                "UNKNOWN_TYPE",
                "{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"a\",\"entityIds\":[" + many + "]}}",
                "TOO_MANY_IDS",
                "{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"nonsense\"]}}",
                "INVALID_MESSAGE");
        try (SocketClient client = demo()) {
            cases.forEach((text, code) -> {
                client.send(text);
                assertThat(client.next("ERROR")).as(text.substring(0, 2)).contains("\"code\":\"" + code + "\"");
            });
            client.send("{\"type\":\"PING\"}");
            client.next("PONG");
        }
    }

    @Test
    void aMessageOver64KiBCloses1009() {
        try (SocketClient client = demo()) {
            client.send("{\"type\":\"PING\",\"x\":\"" + "a".repeat(70_000) + "\"}");

            assertThat(client.closeCode()).isEqualTo(1009);
        }
    }

    @Test
    void aBinaryFrameCloses1003() {
        try (SocketClient client = demo()) {
            client.sendBinary(new byte[] {1, 2});

            assertThat(client.closeCode()).isEqualTo(1003);
        }
    }

    @Test
    void aClientThatKeepsSendingNonsenseIsClosed() {
        try (SocketClient client = demo()) {
            for (int i = 0; i < 20; i++) {
                client.send("nonsense");
            }

            assertThat(client.closeCode()).isEqualTo(4500);
        }
    }

    @Test
    @DisplayName("T13: more subscriptions than allowed are refused")
    void moreSubscriptionsThanAllowedAreRefused() {
        String ids = IntStream.range(0, 512).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
        try (SocketClient client = demo()) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"a\",\"entityIds\":[" + ids + "]}}");
            client.next("SUBSCRIBED");
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:1\"]}}");

            assertThat(client.next("ERROR")).contains("TOO_MANY_SUBSCRIPTIONS");
        }
    }

    @Test
    @DisplayName("Row 40: WAIT is answered when the log is there, or when its time is over")
    void waitIsAnsweredWhenTheLogIsThere() {
        try (SocketClient client = demo()) {
            client.next("WELCOME");
            client.send("{\"type\":\"WAIT\",\"id\":\"w\",\"payload\":{\"lsn\":\"0/50\",\"timeoutMs\":9000}}");
            stage.topology.progress(0x60);

            assertThat(client.next("REACHED")).contains("\"lsn\":\"0/50\"");
            client.send("{\"type\":\"WAIT\",\"payload\":{\"lsn\":\"F/0\",\"timeoutMs\":100}}");
            assertThat(client.next("ERROR")).contains("WAIT_TIMEOUT");
        }
    }

    @Test
    void aTokenOfAnotherTenantCannotRefresh() {
        Instant later = Instant.now().plusSeconds(3600);
        try (SocketClient client = withToken(Jwts.of("user-1", "demo", later))) {
            client.send("{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"" + Jwts.of("user-1", "other", later)
                    + "\"}}");

            assertThat(client.next("ERROR")).contains("AUTH_FAILED");
            assertThat(client.closeCode()).isEqualTo(4501);
        }
    }

    @Test
    @DisplayName("RX-18 row 17: a token that ends soon is announced, and then closes")
    void aTokenThatEndsSoonIsAnnouncedAndThenCloses() {
        try (SocketClient client =
                withToken(Jwts.of("user-1", "demo", Instant.now().plusSeconds(3)))) {
            assertThat(client.next("TOKEN_EXPIRING_SOON")).contains("\"expiresIn\":");
            assertThat(client.closeCode()).isEqualTo(4001);
        }
    }

    @Test
    @DisplayName("RX-15 row 17: a refresh keeps the connection")
    void aRefreshKeepsTheConnection() {
        Instant later = Instant.now().plusSeconds(3600);
        try (SocketClient client =
                withToken(Jwts.of("user-1", "demo", Instant.now().plusSeconds(5)))) {
            client.send("{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"" + Jwts.of("user-1", "demo", later)
                    + "\"}}");
            client.send("{\"type\":\"WAIT\",\"payload\":{\"lsn\":\"F/0\",\"timeoutMs\":7000}}");

            assertThat(client.next("ERROR")).contains("WAIT_TIMEOUT");
        }
    }

    @Test
    @DisplayName("T4 SP-22: tokens that prove nothing are refused")
    void tokensThatProveNothingAreRefused() {
        long soon = Instant.now().plusSeconds(600).getEpochSecond();
        String claims = "{\"sub\":\"u\",\"tenant_id\":\"demo\",\"exp\":" + soon + "}";
        Map<String, Integer> cases = Map.of(
                Jwts.signed("{\"alg\":\"none\"}", claims, Stage.JWT_SECRET), 4501,
                Jwts.signed("{\"alg\":\"HS512\"}", claims, Stage.JWT_SECRET), 4501,
                Jwts.signed("{\"alg\":\"HS256\"}", claims, "another secret that is long enough!!"), 4501,
                Jwts.signed("{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}", claims, Stage.JWT_SECRET), 4501,
                Jwts.signed("{\"alg\":\"HS256\"}", "{\"tenant_id\":\"demo\"}", Stage.JWT_SECRET), 4501,
                Jwts.signed("{\"alg\":\"HS256\"}", "{\"exp\":" + soon + "}", Stage.JWT_SECRET), 4501,
                Jwts.of("u", "demo", Instant.now().minusSeconds(61)), 4001);
        cases.forEach((token, code) -> {
            try (SocketClient client = withToken(token)) {
                client.next("ERROR");
                assertThat(client.closeCode()).isEqualTo(code);
            }
        });
    }

    @Test
    @DisplayName("T3: a revoked key loses its connections")
    void aRevokedKeyLosesItsConnections() {
        stage.key("key-doomed", "demo", "pk_doomed", null);
        org.awaitility.Awaitility.await().until(() -> {
            try (SocketClient client = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_doomed")) {
                return client.next().contains("WELCOME");
            }
        });
        try (SocketClient client = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_doomed")) {
            client.next("WELCOME");

            stage.key("key-doomed", "demo", "pk_doomed", "2026-01-01T00:00:00Z");

            assertThat(client.next("ERROR")).contains("CREDENTIAL_REVOKED");
            assertThat(client.closeCode()).isEqualTo(4502);
        }
    }

    @Test
    @DisplayName("RX-13: after UNSUBSCRIBE_ALL nothing arrives of what was subscribed, channels and entities alike")
    void afterUnsubscribeAllNothingArrives() {
        try (SocketClient client = demo()) {
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:90\"],\"entityCode\":\"task\","
                    + "\"entityIds\":[\"90\"]}}");
            assertThat(client.next("SUBSCRIBED")).contains("\"count\":2");
            client.send("{\"type\":\"UNSUBSCRIBE_ALL\"}");
            client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:91\"]}}");
            assertThat(client.next("SUBSCRIBED")).contains("\"count\":1");

            stage.topology.publish("demo", frame("vault:90", "source", "of the channel", 1));
            stage.topology.publish("demo", frame("none:1", "task", "90", 2));
            stage.topology.publish("demo", frame("vault:91", "source", "afterwards", 3));

            assertThat(client.next("INVALIDATE")).contains("afterwards");
        }
    }

    @Test
    void theResetOfACursorThatIsNoneRepeatsTheIdOfItsMessage() {
        try (SocketClient client = demo()) {
            client.send(
                    "{\"type\":\"SUBSCRIBE\",\"id\":\"s7\",\"payload\":{\"channels\":[\"vault:92\"],\"cursor\":\"nonsense\"}}");

            assertThat(client.next("RESET")).contains("\"id\":\"s7\"", "\"reason\":\"CURSOR\"");
            assertThat(client.next("SUBSCRIBED")).contains("\"id\":\"s7\"");
        }
    }
}
