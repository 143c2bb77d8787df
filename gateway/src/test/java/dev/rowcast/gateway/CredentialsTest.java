package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.edge.Origins;
import dev.rowcast.gateway.edge.Web;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What a credential lets in, from where, for how long.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class CredentialsTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CHANNEL = "/v1/events?channel=vault:1";
    private static final String APP = "https://app.example";
    private static Stage stage;

    @BeforeAll
    static void set(Kafka kafka, Registry registry) {
        stage = Stage.set(
                kafka,
                registry,
                config -> config.withTokens(config.tokens().withCookie("rowcast_token"))
                        .withWeb(new Web(Origins.parse(APP + ", other=https://others.example"), 0)));
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    private static int port() {
        return stage.gateway.port();
    }

    private static String own() {
        return "http://127.0.0.1:" + port();
    }

    private static String token(String subject, Duration life) {
        return Jwts.of(subject, "demo", Instant.now().plus(life));
    }

    private static String narrowed(String subject, String channels) {
        return Jwts.signed(
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"%s\",\"tenant_id\":\"demo\",\"exp\":%d,\"channels\":%s}"
                        .formatted(subject, Instant.now().plusSeconds(600).getEpochSecond(), channels),
                Stage.JWT_SECRET);
    }

    private static HttpResponse<String> post(int port, String... headers) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/tickets"))
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HTTP.sendAsync(request, BodyHandlers.ofString()).join();
    }

    private static String ticket(String... headers) {
        HttpResponse<String> answer = post(port(), headers);
        assertThat(answer.statusCode()).isEqualTo(201);
        return answer.body().replaceAll(".*\"ticket\":\"([^\"]+)\".*", "$1");
    }

    private static EventStream open(String path, String... headers) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            lines.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        return EventStream.open(port(), path, lines.toString());
    }

    private static int status(String path, String... headers) {
        try (EventStream stream = open(path, headers)) {
            return stream.status();
        }
    }

    private static void newKey(String id, String key) {
        stage.key(id, "demo", key, null);
        Awaitility.await().until(() -> status(CHANNEL, "apikey", key) == 200);
    }

    // Tickets

    @Test
    @DisplayName("T6: a ticket lets in once, on a stream as on a socket, and its answer is not kept")
    void aTicketLetsInOnce() {
        HttpResponse<String> answer = post(port(), "apikey", "pk_demo");
        assertThat(answer.body()).matches("\\{\"ticket\":\"[A-Za-z0-9_-]{100,}\",\"expiresIn\":30}");
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
        assertThat(answer.headers().firstValue("referrer-policy")).contains("no-referrer");

        String first = ticket("apikey", "pk_demo");
        try (EventStream stream = open(CHANNEL + "&ticket=" + first)) {
            stream.next("SUBSCRIBED");
        }
        try (EventStream again = open(CHANNEL + "&ticket=" + first)) {
            assertThat(again.status()).isEqualTo(401);
        }
        String second = ticket("Authorization", "Bearer " + token("user-1", Duration.ofMinutes(10)));
        try (SocketClient socket = SocketClient.open(port(), "/v1/socket?ticket=" + second);
                SocketClient again = SocketClient.open(port(), "/v1/socket?ticket=" + second)) {
            socket.next("WELCOME");
            assertThat(again.next("ERROR")).contains("AUTH_FAILED");
            assertThat(again.closeCode()).isEqualTo(4501);
        }
    }

    @Test
    @DisplayName("T6: a ticket is good for pages of the origin that had it made, and for no other")
    void aTicketIsBoundToItsOrigin() {
        String[] made = {"apikey", "pk_demo", "Origin", own()};
        assertThat(status(CHANNEL + "&ticket=" + ticket(made), "Sec-Fetch-Site", "cross-site"))
                .isEqualTo(401);
        assertThat(status(CHANNEL + "&ticket=" + ticket(made), "Origin", own())).isEqualTo(200);
        // A page's request for its own origin says no origin.
        assertThat(status(CHANNEL + "&ticket=" + ticket(made), "Sec-Fetch-Site", "same-origin"))
                .isEqualTo(200);
    }

    @Test
    void anyGatewayTakesATicketOfAnyOther() {
        try (Gateway other = stage.another()) {
            String ticket = ticket("apikey", "pk_demo");
            try (EventStream stream = EventStream.open(other.port(), CHANNEL + "&ticket=" + ticket, "")) {
                stream.next("SUBSCRIBED");
            }
        }
    }

    @Test
    void aTicketIsMadeForACredentialThatIsShownApartAndForNothingElse() {
        assertThat(post(port(), "X-Nothing", "x").statusCode()).isEqualTo(401);
        assertThat(post(port(), "apikey", "pk_nobody").statusCode()).isEqualTo(401);
        assertThat(post(port(), "apikey", ticket("apikey", "pk_demo")).statusCode())
                .isEqualTo(401);
        assertThat(post(port(), "Cookie", "rowcast_token=pk_demo", "Sec-Fetch-Site", "same-origin")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    @DisplayName(
            "T3: a revoked key's connections are all closed within 2 s, those of its tickets too, and its tickets end")
    void aRevokedKeyTakesItsTicketsAlong() {
        Duration bound = Duration.ofSeconds(2);
        Duration took = timeToRevoke("tickets-1");
        // A machine that stands still is slow once, and the gateway would be each time.
        for (int round = 2; round <= 3 && took.compareTo(bound) >= 0; round++) {
            took = timeToRevoke("tickets-" + round);
        }
        assertThat(took).isLessThan(bound);
    }

    private static Duration timeToRevoke(String name) {
        String id = "key-" + name;
        String key = "pk_" + name;
        Duration took;
        newKey(id, key);
        String unused = ticket("apikey", key);
        try (EventStream stream = open(CHANNEL, "apikey", key);
                EventStream byTicket = open(CHANNEL + "&ticket=" + ticket("apikey", key));
                SocketClient socket = SocketClient.open(port(), "/v1/socket?apikey=" + key);
                SocketClient socketByTicket = SocketClient.open(port(), "/v1/socket?ticket=" + ticket("apikey", key))) {
            stream.next("SUBSCRIBED");
            byTicket.next("SUBSCRIBED");
            socket.next("WELCOME");
            socketByTicket.next("WELCOME");
            Instant began = Instant.now();

            stage.key(id, "demo", key, "2026-01-01T00:00:00Z");

            assertThat(stream.next("ERROR").data()).contains("CREDENTIAL_REVOKED");
            assertThat(byTicket.next("ERROR").data()).contains("CREDENTIAL_REVOKED");
            assertThat(socket.closeCode()).isEqualTo(4502);
            assertThat(socketByTicket.closeCode()).isEqualTo(4502);
            assertThat(stream.endedInOrder() && byTicket.endedInOrder()).isTrue();
            took = Duration.between(began, Instant.now());
        }
        try (EventStream late = open(CHANNEL + "&ticket=" + unused)) {
            assertThat(late.status()).isEqualTo(401);
        }
        return took;
    }

    // Tokens

    @Test
    @DisplayName("T3: a token that ends in 6 s is announced and closed within 10 s, by ticket too")
    void aTokenThatEndsClosesWhatCameByIt() {
        String token = token("user-1", Duration.ofSeconds(6));
        // Far below the 60 s for which a token that comes late is still taken.
        Instant end = Instant.now().plusSeconds(10);
        String ticket = ticket("Authorization", "Bearer " + token);
        try (EventStream stream = open(CHANNEL, "Authorization", "Bearer " + token);
                SocketClient socket = SocketClient.open(port(), "/v1/socket?ticket=" + ticket)) {
            assertThat(stream.next("TOKEN_EXPIRING_SOON").data()).contains("\"expiresIn\":");
            socket.next("TOKEN_EXPIRING_SOON");

            assertThat(stream.next("ERROR").data()).contains("TOKEN_EXPIRED");
            assertThat(stream.endedInOrder()).isTrue();
            assertThat(socket.closeCode()).isEqualTo(4001);
            assertThat(Instant.now()).isBefore(end);
        }
        assertThat(status(CHANNEL + "&ticket=" + ticket)).isEqualTo(401);
    }

    @Test
    @DisplayName("Row 17: a stream whose token ended goes on by a new ticket and its last cursor, and misses nothing")
    void aStreamGoesOnByANewTicketAndItsLastCursor() {
        String first = ticket("Authorization", "Bearer " + token("user-1", Duration.ofSeconds(8)));
        String cursor;
        try (EventStream stream = open("/v1/events?channel=vault:17&ticket=" + first)) {
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:17", "source", "had", 1));
            cursor = stream.next("INVALIDATE").id();
            assertThat(stream.next("ERROR").data()).contains("TOKEN_EXPIRED");
        }
        stage.topology.publish("demo", frame("vault:17", "source", "missed", 2));
        String next = ticket("Authorization", "Bearer " + token("user-1", Duration.ofMinutes(10)));
        try (EventStream stream = open("/v1/events?channel=vault:17&ticket=" + next, "Last-Event-ID", cursor)) {
            assertThat(stream.next("INVALIDATE").data()).contains("\"missed\"");
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:17", "source", "new", 3));
            assertThat(stream.next("INVALIDATE").data()).contains("\"new\"");
        }
    }

    @Test
    @DisplayName("T3: a refresh by an expired token, another subject, another tenant or a key closes")
    void aRefreshByAnotherCredentialCloses() {
        Duration later = Duration.ofMinutes(10);
        String expired = token("user-1", Duration.ofMinutes(-2));
        for (String token : List.of(
                token("user-2", later),
                Jwts.of("user-1", "other", Instant.now().plus(later)),
                "pk_demo",
                "nonsense",
                expired)) {
            try (SocketClient socket = SocketClient.open(port(), "/?token=" + token("user-1", later))) {
                socket.send("{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"" + token + "\"}}");
                assertThat(socket.closeCode()).isEqualTo(token.equals(expired) ? 4001 : 4501);
            }
        }
    }

    @Test
    @DisplayName(
            "a token that names channels is good for these alone; what else is asked for looks as if it did not exist")
    void aTokenThatNamesChannelsIsGoodForTheseAlone() {
        String token = narrowed("user-1", "[\"vault:1\",\"site:*\"]");
        try (SocketClient socket = SocketClient.open(port(), "/?token=" + token)) {
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:1\",\"vault:2\",\"site:demo\"]}}");
            assertThat(socket.next("SUBSCRIBED"))
                    .contains("\"count\":2", "\"rejected\":[{\"target\":\"vault:2\",\"code\":\"NOT_FOUND\"}]");
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"entityCode\":\"source\",\"entityIds\":[\"1\"]}}");
            assertThat(socket.next("SUBSCRIBED")).contains("\"count\":0", "\"target\":\"source:1\"", "NOT_FOUND");

            stage.topology.publish("demo", frame("vault:2", "source", "1", 1));
            stage.topology.publish("demo", frame("vault:1", "source", "2", 2));
            assertThat(socket.next("INVALIDATE")).contains("\"entityId\":\"2\"");
        }
        try (EventStream stream = open("/v1/events?channel=vault:2", "Authorization", "Bearer " + token)) {
            assertThat(stream.next("SUBSCRIBED").data()).contains("\"count\":0", "NOT_FOUND");
        }
        String byTicket = ticket("Authorization", "Bearer " + token);
        try (EventStream stream = open("/v1/events?channel=vault:2&ticket=" + byTicket)) {
            assertThat(stream.next("SUBSCRIBED").data()).contains("\"count\":0", "NOT_FOUND");
        }
    }

    @Test
    void whatANewerTokenIsNoLongerGoodForIsRevoked() {
        try (SocketClient socket = SocketClient.open(port(), "/?token=" + token("user-1", Duration.ofMinutes(9)))) {
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:1\",\"vault:2\"]}}");
            socket.next("SUBSCRIBED");

            socket.send("{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"" + narrowed("user-1", "[\"vault:1\"]")
                    + "\"}}");

            assertThat(socket.next("REVOKED")).contains("\"targets\":[\"vault:2\"]", "\"reason\":\"CREDENTIAL\"");
            stage.topology.publish("demo", frame("vault:2", "source", "1", 1));
            stage.topology.publish("demo", frame("vault:1", "source", "2", 2));
            assertThat(socket.next("INVALIDATE")).contains("\"entityId\":\"2\"");
            socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:2\"]}}");
            assertThat(socket.next("SUBSCRIBED")).contains("NOT_FOUND");
        }
    }

    @Test
    void aClaimOfChannelsThatCannotBeReadLetsNobodyIn() {
        for (String channels : List.of(
                "null",
                "\"vault:1\"",
                "[1]",
                "[null]",
                "[\"*\"]",
                "[\"vault\"]",
                "[\"vault:1*\"]",
                "[\"v*:1\"]",
                "{}")) {
            assertThat(status(CHANNEL, "Authorization", "Bearer " + narrowed("user-1", channels)))
                    .as(channels)
                    .isEqualTo(401);
        }
        try (EventStream none = open(CHANNEL, "Authorization", "Bearer " + narrowed("user-1", "[]"))) {
            assertThat(none.next("SUBSCRIBED").data()).contains("\"count\":0");
        }
    }

    // Keys

    @Test
    @DisplayName("T7: a secret key in an address is refused and says so; in a header it lets in")
    void aSecretKeyInAnAddressIsRefused() {
        newKey("key-secret", "sk_secret");
        assertThat(status(CHANNEL, "api-key", "sk_secret")).isEqualTo(200);
        for (String name : List.of("apikey", "token", "%61pikey")) {
            try (EventStream stream = open(CHANNEL + "&" + name + "=sk_secret")) {
                assertThat(stream.status()).isEqualTo(403);
            }
        }
        try (SocketClient socket = SocketClient.open(port(), "/v1/socket?apikey=sk_secret")) {
            assertThat(socket.next("ERROR")).contains("SECRET_KEY_IN_ADDRESS");
            assertThat(socket.closeCode()).isEqualTo(4501);
        }
        // Not even whether there is such a key.
        assertThat(status(CHANNEL + "&apikey=sk_nobody")).isEqualTo(403);
    }

    @Test
    @DisplayName("T7: two keys live side by side until the old one is revoked")
    void twoKeysLiveSideBySide() {
        newKey("web-1", "pk_web-1");
        newKey("web-2", "pk_web-2");
        assertThat(status(CHANNEL, "apikey", "pk_web-1")).isEqualTo(200);

        stage.key("web-1", "demo", "pk_web-1", "2026-01-01T00:00:00Z");

        Awaitility.await().until(() -> status(CHANNEL, "apikey", "pk_web-1") == 401);
        assertThat(status(CHANNEL, "apikey", "pk_web-2")).isEqualTo(200);
    }

    @Test
    void anOperatorSeesWhenAKeyWasLastUsed() throws Exception {
        newKey("key-used", "pk_used");
        stage.key("key-unused", "demo", "pk_unused", null);
        URI keys = URI.create("http://127.0.0.1:" + stage.gateway.managementPort() + "/actuator/keys");
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                HTTP.send(HttpRequest.newBuilder(keys).build(), BodyHandlers.ofString())
                                        .body())
                        .containsPattern("\"id\":\"key-used\",\"tenant\":\"demo\",\"kind\":\"publishable\","
                                + "\"scopes\":\\[\"subscribe\"],\"lastUsed\":\"20")
                        .contains(
                                "\"id\":\"key-unused\",\"tenant\":\"demo\",\"kind\":\"publishable\",\"scopes\":[\"subscribe\"]")
                        .doesNotContain("pk_used", "hash"));
    }

    // Cookies

    @Test
    @DisplayName("T8: a cookie counts for an event stream of the own page, and never for a socket")
    void aCookieCountsForTheOwnPagesStream() {
        String cookie = "rowcast_token=" + token("user-1", Duration.ofMinutes(9));
        assertThat(status(CHANNEL, "Cookie", cookie, "Sec-Fetch-Site", "same-origin"))
                .isEqualTo(200);
        assertThat(status(CHANNEL, "Cookie", cookie)).isEqualTo(401);
        assertThat(status(CHANNEL, "Cookie", cookie, "Sec-Fetch-Site", "cross-site"))
                .isEqualTo(401);
        assertThat(status(CHANNEL, "Cookie", cookie, "Sec-Fetch-Site", "same-site"))
                .isEqualTo(401);
        assertThat(status(CHANNEL, "Cookie", "other=" + cookie, "Sec-Fetch-Site", "same-origin"))
                .isEqualTo(401);
        try (SocketClient socket = SocketClient.open(
                port(), "/v1/socket", "Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Origin", own())) {
            assertThat(socket.next("ERROR")).contains("AUTH_FAILED");
            assertThat(socket.closeCode()).isEqualTo(4501);
        }
    }

    @Test
    @DisplayName("T9: a page of a listed origin may use the cookie for event streams alone, and no other page may")
    void aListedOriginMayUseTheCookieForStreamsAlone() {
        String cookie = "rowcast_token=" + token("user-1", Duration.ofMinutes(9));
        String allowed = "Access-Control-Allow-Credentials: true";
        try (EventStream stream = open(CHANNEL, "Cookie", cookie, "Origin", APP)) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.head()).containsIgnoringCase(allowed).containsIgnoringCase("Allow-Origin: " + APP);
        }
        // The one is listed for another tenant, the other for none.
        for (String origin : List.of("https://others.example", "https://evil.example")) {
            try (EventStream stream = open(CHANNEL, "Cookie", cookie, "Origin", origin)) {
                assertThat(stream.status()).isEqualTo(403);
                assertThat(stream.head()).doesNotContainIgnoringCase("Access-Control-Allow");
            }
        }
        HttpResponse<String> elsewhere = post(port(), "apikey", "pk_demo", "Origin", APP);
        assertThat(elsewhere.statusCode()).isEqualTo(201);
        assertThat(elsewhere.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
    }
}
