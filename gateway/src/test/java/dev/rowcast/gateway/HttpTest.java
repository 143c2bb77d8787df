package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is short: rows, health, pages, refusals.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class HttpTest {

    private static final Duration SILENCE = Duration.ofSeconds(1);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Stage stage;

    @BeforeAll
    static void set(Postgres postgres, Kafka kafka, Registry registry, @TempDir Path page) throws Exception {
        Files.writeString(page.resolve("index.html"), "<p>hello</p>");
        Postgres.Database database = postgres.freshDatabase();
        DatabaseUrl url = new DatabaseUrl(
                database.host(), database.port(), database.name(), database.user(), database.password(), "");
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("""
                    create table sources (id bigint primary key, site_id text, vault_id bigint, title text, secret text);
                    insert into sources select n, 'demo', 1, 'title ' || n, 'hidden' from generate_series(1, 45) n;
                    insert into sources values (100, 'other', 1, 'canary', 'hidden');
                    """);
        }
        stage = Stage.set(kafka, registry, config -> config.withDatabase(url).withPage(page));
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    private static HttpResponse<String> get(int port, String path, String key) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (!key.isEmpty()) {
            request.header("apikey", key);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return get(stage.gateway.port(), path, "pk_demo");
    }

    @Test
    @DisplayName("SY-38 SY-39: a page of a channel's rows, with its place among the others")
    void aPageOfAChannelsRows() throws Exception {
        HttpResponse<String> answer = get("/v1/entities/source?channel=vault:1&page=3&limit=20&sort=id.asc");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("{\"data\":[{\"id\":41,\"vault_id\":1,\"title\":\"title 41\"},")
                .endsWith("\"pagination\":{\"page\":3,\"limit\":20,\"total\":45,\"totalPages\":3,\"nextCursor\":null}}")
                .doesNotContain("canary", "hidden");
    }

    @Test
    void rowsOfAnotherTenantAreNotThere() throws Exception {
        assertThat(get("/v1/entities/source/1").body()).isEqualTo("{\"id\":1,\"vault_id\":1,\"title\":\"title 1\"}");
        assertThat(get("/v1/entities/source/100").statusCode()).isEqualTo(404);
        assertThat(get(stage.gateway.port(), "/v1/entities/source/100", "pk_other")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("T13 SP-22: what does not exist and what is another's are answered with the same bytes and headers")
    void absentAndForbiddenAreTheSame() throws Exception {
        HttpResponse<String> forbidden = get("/v1/entities/source/100");
        HttpResponse<String> absent = get("/v1/entities/source/999");

        assertThat(forbidden.statusCode()).isEqualTo(absent.statusCode()).isEqualTo(404);
        assertThat(forbidden.body()).isEqualTo(absent.body().replace("999", "100"));
        assertThat(withoutItsOwn(forbidden)).isEqualTo(withoutItsOwn(absent));
        List<Long> medians = medianNanos("/v1/entities/source/100", "/v1/entities/source/999");
        long slower = Collections.max(medians);
        assertThat(slower - Collections.min(medians)).isLessThan(slower / 2 + 5_000_000);
    }

    private static Map<String, List<String>> withoutItsOwn(HttpResponse<String> answer) {
        Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
        headers.keySet()
                .removeIf(name -> name.contains("ratelimit") || name.equals("date") || name.equals("x-request-id"));
        return headers;
    }

    /// Of one, and of the other, asked for in turn so that both meet the same machine.
    private static List<Long> medianNanos(String one, String other) throws Exception {
        List<Long> ofOne = new ArrayList<>();
        List<Long> ofOther = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            ofOne.add(nanos(one));
            ofOther.add(nanos(other));
        }
        return Stream.of(ofOne, ofOther)
                .map(times -> times.stream().sorted().toList().get(times.size() / 2))
                .toList();
    }

    private static long nanos(String path) throws Exception {
        long began = System.nanoTime();
        get(path);
        return System.nanoTime() - began;
    }

    @Test
    void aTokenThatNamesChannelsReadsTheseAlone() throws Exception {
        String token = Jwts.signed(
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"user-1\",\"tenant_id\":\"demo\",\"exp\":%d,\"channels\":[\"vault:1\"]}"
                        .formatted(Instant.now().plusSeconds(600).getEpochSecond()),
                Stage.JWT_SECRET);
        int port = stage.gateway.port();
        assertThat(get(port, "/v1/entities/source?channel=vault:1", token).body())
                .contains("\"total\":45");
        String nothing = get("/v1/entities/source?channel=vault:999").body();
        assertThat(nothing).contains("\"data\":[]", "\"total\":0");
        assertThat(get(port, "/v1/entities/source?channel=vault:2", token).body())
                .isEqualTo(nothing);
        assertThat(get(port, "/v1/entities/source", token).body()).isEqualTo(nothing);
        assertThat(get(port, "/v1/entities/source?channel=site:demo", token).body())
                .isEqualTo(nothing);
        assertThat(get(port, "/v1/entities/source/1", token).statusCode()).isEqualTo(404);
    }

    @Test
    void nonsenseIsAProblemWithACode() throws Exception {
        for (String query : new String[] {
            "page=0", "limit=101", "limit=x", "sort=secret.asc", "sort=id;drop", "channel=room:1", "channel=vault:x"
        }) {
            HttpResponse<String> answer = get("/v1/entities/source?" + query);
            assertThat(answer.statusCode()).as(query).isEqualTo(400);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(answer.body()).contains("\"code\":\"INVALID_MESSAGE\"");
        }
        assertThat(get("/v1/entities/unknown").body()).contains("\"code\":\"NOT_FOUND\"");
        assertThat(get("/v1/nothing").body()).contains("\"code\":\"NOT_FOUND\"");
    }

    @Test
    @DisplayName("T18 SP-22: text of SQL in any part of a request is refused or a value, and never SQL")
    void noTextBecomesSql() throws Exception {
        String all = get("/v1/entities/source?limit=100").body();
        for (String evil : List.of(
                "1' or '1'='1",
                "1) or 1=1 --",
                "1; drop table sources; --",
                "1 union select id, site_id, vault_id, secret from sources",
                "' || (select secret from sources limit 1) || '",
                "\\'; select pg_sleep(5); --",
                "1\0",
                "$1",
                "{id} or true",
                "vault_id) or (1=1")) {
            String text = URLEncoder.encode(evil, StandardCharsets.UTF_8);
            for (String path : List.of(
                    "/v1/entities/source/" + text.replace("+", "%20"),
                    "/v1/entities/" + text.replace("+", "%20"),
                    "/v1/entities/source?channel=vault:" + text,
                    "/v1/entities/source?channel=" + text + ":1",
                    "/v1/entities/source?sort=" + text,
                    "/v1/entities/source?sort=id." + text,
                    "/v1/entities/source?page=" + text,
                    "/v1/entities/source?limit=" + text)) {
                HttpResponse<String> answer = get(path);
                assertThat(answer.statusCode()).as(path).isIn(400, 404);
                assertThat(answer.body()).as(path).doesNotContain("canary", "hidden", "syntax", "ERROR:", "psql");
            }
        }
        assertThat(get("/v1/entities/source?limit=100").body()).isEqualTo(all).contains("\"total\":45");
    }

    @Test
    @DisplayName("a kept connection is read on after a request that came before its turn")
    void aKeptConnectionIsReadOnAfterARequestThatCameEarly() {
        String asked = "GET /v1/entities/source?limit=1 HTTP/1.1\r\nHost: localhost\r\napikey: pk_demo\r\n\r\n";
        String refused = "GET /v1/entities/source HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (RawSocket socket = new RawSocket(stage.gateway.port())) {
            socket.send(asked + refused);
            assertThat(socket.hear(SILENCE).statuses()).containsExactly(200, 401);

            socket.send(asked);

            assertThat(socket.hear(SILENCE).statuses()).containsExactly(200);
        }
    }

    @Test
    void whoShowsNoKeyGetsA401() throws Exception {
        for (String path : new String[] {"/v1/events?channel=vault:1", "/v1/entities/source"}) {
            for (String key : new String[] {"", "pk_unknown", "sk_unknown", "nonsense"}) {
                HttpResponse<String> answer = get(stage.gateway.port(), path, key);
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
                assertThat(answer.body()).contains("\"code\":\"AUTH_FAILED\"");
            }
        }
    }

    @Test
    @DisplayName("RX-24: a credential in the address lets in to streams alone")
    void aCredentialInTheAddressReadsNoRowsAndGetsNoTicket() throws Exception {
        int port = stage.gateway.port();
        String token = Jwts.of("user-1", "demo", Instant.now().plusSeconds(600));
        for (String query : List.of("apikey=pk_demo", "token=pk_demo", "token=" + token)) {
            for (String path : List.of("/v1/entities/source/1", "/v1/entities/source")) {
                HttpResponse<String> answer = get(port, path + "?" + query, "");
                assertThat(answer.statusCode()).as(path).isEqualTo(401);
                assertThat(answer.body()).contains("\"code\":\"AUTH_FAILED\"", "header");
            }
            assertThat(ticket(query)).isEqualTo(401);
            assertThat(get(port, "/v1/events?poll=true&channel=vault:1&" + query, "")
                            .statusCode())
                    .isEqualTo(200);
        }
        // Whoever leaks a secret key is told so, wherever it is.
        assertThat(get(port, "/v1/entities/source/1?apikey=sk_demo", "").body()).contains("SECRET_KEY_IN_ADDRESS");
        assertThat(ticket("apikey=sk_demo")).isEqualTo(403);
    }

    private static int ticket(String query) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + stage.gateway.port() + "/v1/tickets?" + query);
        return HTTP.send(
                        HttpRequest.newBuilder(address)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    @DisplayName("SI-14: an operator sees how many connections to the database are busy, and how many wait for one")
    void thePoolOfTheReadApiIsMeasured() throws Exception {
        assertThat(get("/v1/entities/source/1").statusCode()).isEqualTo(200);
        String metrics =
                get(stage.gateway.managementPort(), "/actuator/prometheus", "").body();
        for (String metric : List.of("_active", "_pending", "_max", "_timeout_total", "_acquire_seconds_count")) {
            assertThat(metrics).containsPattern("hikaricp_connections" + metric + "\\{pool=\"rowcast-read\"");
        }
    }

    @Test
    @DisplayName("RX-41: health has the seed's shape")
    void healthHasTheSeedsShape() throws Exception {
        assertThat(get(stage.gateway.port(), "/health", "").body())
                .matches("\\{\"status\":\"ok\",\"connections\":\\{\"connections\":\\d+,\"users\":\\d+}}");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void thePageIsServedAndTheActuatorIsNotOnThePublicPort() throws Exception {
        assertThat(get("/").body()).contains("hello");
        assertThat(get("/").headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(get("/actuator/prometheus").statusCode()).isEqualTo(404);
        int management = stage.gateway.managementPort();
        assertThat(get(management, "/actuator/env", "").statusCode()).isEqualTo(404);
        assertThat(get(management, "/actuator/health", "").statusCode()).isEqualTo(200);
    }

    @Test
    void anOperatorSeesHowManyGotATransactionAndHowFast() throws Exception {
        try (EventStream stream = stage.events("channel=vault:900")) {
            stream.next("SUBSCRIBED");
            stage.topology.publish("demo", frame("vault:900", "source", "1", 4711));
            stream.next("INVALIDATE");
            int management = stage.gateway.managementPort();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(get(management, "/actuator/deliveries/4711", "")
                                    .body())
                            .contains("\"xid\":4711", "\"subscribers\":1", "\"firstWrittenMs\":"));
            assertThat(get(management, "/actuator/prometheus", "").body())
                    .contains("rowcast_hop_seconds_bucket{hop=\"captured\"", "rowcast_delivery_seconds_count");
        }
    }
}
