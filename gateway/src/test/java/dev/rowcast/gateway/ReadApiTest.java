package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.AccessLines;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What rows over HTTP look like to browsers, caches and mistaken clients.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class ReadApiTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static Stage stage;
    private static Postgres.Database database;
    private static String role;

    @BeforeAll
    static void set(Postgres postgres, Kafka kafka, Registry registry) throws Exception {
        database = postgres.freshDatabase();
        role = "reader_of_" + database.name();
        DatabaseUrl url = new DatabaseUrl(database.host(), database.port(), database.name(), role, "reads", "");
        sql("""
                create table sources (id bigint primary key, site_id text, vault_id bigint, title text);
                insert into sources select n, 'demo', 1, 'title ' || n from generate_series(1, 5) n;
                create table letters (id bigint primary key, site_id text, body text, recipient text, team text);
                insert into letters values (1, 'demo', 'dear mira', 'mira', null), (2, 'demo', 'dear tomas', 'tomas', null),
                  (3, 'demo', 'dear gardeners', null, 'garden');
                alter table letters enable row level security;
                create policy to_me on letters using (recipient = current_setting('app.current_user_id', true)
                  or team = current_setting('request.jwt.claims', true)::jsonb ->> 'team');
                create role %1$s login password 'reads';
                grant select on all tables in schema public to %1$s;
                """.formatted(role));
        stage = Stage.set(kafka, registry, config -> config.withDatabase(url));
    }

    @AfterAll
    static void close() throws Exception {
        stage.close();
        sql("drop owned by %1$s; drop role %1$s".formatted(role));
    }

    private static void sql(String sql) throws Exception {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        return getAs("pk_demo", path, headers);
    }

    private static HttpResponse<String> getAs(String credential, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + stage.gateway.port() + path))
                .timeout(Duration.ofSeconds(30))
                .header("apikey", credential);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String tag(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElseThrow();
    }

    @Test
    @DisplayName("an answer that the client has is not sent again, until a row of it changes")
    void whatTheClientHasIsNotSentAgain() throws Exception {
        for (String path : List.of(
                "/v1/entities/source/2",
                "/v1/entities/source?channel=vault:1&limit=3",
                "/v1/entities/source?ids=2,3&channel=vault:1")) {
            HttpResponse<String> first = get(path);
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(tag(first)).matches("\"[A-Za-z0-9_-]{22}\"");
            for (String known : List.of(tag(first), "W/" + tag(first), "\"x\", " + tag(first), "*")) {
                HttpResponse<String> again = get(path, "If-None-Match", known);
                assertThat(again.statusCode()).as(known).isEqualTo(304);
                assertThat(again.body()).isEmpty();
                assertThat(tag(again)).isEqualTo(tag(first));
                assertThat(again.headers().firstValue("Cache-Control")).hasValue("no-cache, private");
            }
            sql("update sources set title = title || '!' where id = 2");
            HttpResponse<String> changed = get(path, "If-None-Match", tag(first));
            assertThat(changed.statusCode()).isEqualTo(200);
            assertThat(changed.body()).contains("title 2!");
            assertThat(tag(changed)).isNotEqualTo(tag(first));
        }
    }

    @Test
    @DisplayName(
            "T12: who hangs up while a row is read costs the gateway no connection, and leaves no statement behind")
    void whoHangsUpCostsNoConnection() throws Exception {
        get("/v1/entities/source/2");
        try (var locking = database.connect();
                var statement = locking.createStatement();
                AccessLines lines = new AccessLines()) {
            locking.setAutoCommit(false);
            statement.execute("lock table sources in access exclusive mode");
            try (RawSocket client = new RawSocket(stage.gateway.port())) {
                client.send("GET /v1/entities/source/2 HTTP/1.1\r\nHost: localhost\r\napikey: pk_demo\r\n\r\n");
                Awaitility.await()
                        .until(() -> readers("wait_event_type = 'Lock'").size() == 1);
            }
            List<Integer> reader = readers("wait_event_type = 'Lock'");
            Awaitility.await()
                    .until(() -> lines.all().stream().anyMatch(line -> line.contains("/v1/entities/source/2")));
            locking.rollback();
            Awaitility.await().until(() -> readers("state = 'idle'").containsAll(reader));
            assertThat(get("/v1/entities/source/2").statusCode()).isEqualTo(200);
            assertThat(readers("true")).containsAll(reader);
        }
    }

    /// The processes that Postgres has for the gateway.
    private static List<Integer> readers(String where) throws Exception {
        List<Integer> found = new ArrayList<>();
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select pid from pg_stat_activity where usename = '%s' and %s".formatted(role, where))) {
            while (rows.next()) {
                found.add(rows.getInt(1));
            }
        }
        return found;
    }

    @Test
    @DisplayName("T10: browsers ask each time, nobody between keeps rows, and each credential has its own answer")
    void whoMayKeepAnAnswer() throws Exception {
        Map<String, List<String>> headers =
                get("/v1/entities/source?channel=vault:1").headers().map();
        assertThat(headers.get("cache-control")).containsExactly("no-cache, private");
        assertThat(String.join(", ", headers.get("vary"))).contains("Origin", "Authorization", "apikey", "X-API-Key");
        HttpResponse<String> refused = get("/v1/entities/source/999");
        assertThat(refused.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(refused.headers().firstValue("ETag")).isEmpty();
    }

    @Test
    @DisplayName("SY-38: a parameter that has no effect is refused, by its name")
    void parametersWithoutEffectAreRefused() throws Exception {
        Map.of(
                        "/v1/entities/source?chanel=vault:1",
                        "There is no parameter 'chanel' here; those that there are: channel, page, limit, sort, cursor, ids",
                        "/v1/entities/source?page=1&page=2",
                        "page is there 2 times; send it once.",
                        "/v1/entities/source/1?limit=5",
                        "There is no parameter 'limit' here; this address takes none.",
                        "/v1/entities/source?limit",
                        "limit is '' and must be a whole number from 1 to 100.",
                        "/v1/entities/source?page=%3Cscript%3E",
                        "page is '<script>' and must be")
                .forEach((path, reason) -> {
                    try {
                        HttpResponse<String> answer = get(path);
                        assertThat(answer.statusCode()).as(path).isEqualTo(400);
                        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
                        assertThat(answer.body()).contains("\"code\":\"INVALID_MESSAGE\"", reason);
                    } catch (Exception e) {
                        throw new AssertionError(path, e);
                    }
                });
    }

    @Test
    @DisplayName("an answer says where it came from, in the old way and in that of RFC 9211")
    void whereAnAnswerCameFrom() throws Exception {
        HttpResponse<String> answer = get("/v1/entities/source/1");
        assertThat(answer.headers().firstValue("X-Cache")).hasValue("BYPASS");
        assertThat(answer.headers().firstValue("Cache-Status")).hasValue("rowcast; fwd=bypass; detail=off");
        HttpResponse<String> absent = get("/v1/entities/source/999");
        assertThat(absent.headers().firstValue("X-Cache")).isEmpty();
        assertThat(get("/v1/entities/source/1", "X-After", "soon").body())
                .contains("X-After is 'soon' and must be a transaction's number");
        assertThat(get("/v1/entities/source/1", "X-After", "7", "Cache-Control", "max-age=0")
                        .statusCode())
                .isEqualTo(200);
        HttpRequest metrics = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + stage.gateway.managementPort() + "/actuator/prometheus"))
                .build();
        assertThat(HTTP.send(metrics, BodyHandlers.ofString()).body())
                .containsPattern("rowcast_read_answers_total\\{status=\"BYPASS\"} [1-9]");
    }

    @Test
    @DisplayName("SY-26: an application's own addresses answer as those of the read API do")
    void theApplicationsOwnAddresses() throws Exception {
        HttpResponse<String> own = get("/shelf/1/sources?page=1&limit=2");
        HttpResponse<String> api = get("/v1/entities/source?channel=vault:1&page=1&limit=2");
        assertThat(own.body()).isEqualTo(api.body()).contains("\"total\":5");
        for (String header :
                List.of("ETag", "Cache-Control", "X-Cache", "Content-Security-Policy", "RateLimit-Policy")) {
            assertThat(own.headers().firstValue(header))
                    .as(header)
                    .isEqualTo(api.headers().firstValue(header));
        }
        assertThat(get("/source/1").body())
                .isEqualTo(get("/v1/entities/source/1").body());
        assertThat(get("/source/999").statusCode()).isEqualTo(404);
        assertThat(get("/source/1%2F..%2F2").statusCode()).isIn(400, 404);
        assertThat(get("/shelf/1/sources?limit=0").body()).contains("limit is '0'");
        assertThat(get("/shelf/1/sources?channel=vault:2").body()).contains("channel is there 2 times");
        assertThat(get("/shelf/1%26channel=vault:2/sources").body()).contains("not of its column's type");
        assertThat(get("/shelf/1").statusCode()).isEqualTo(404);
        HttpRequest unknown = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + stage.gateway.port() + "/shelf/1/sources"))
                .build();
        assertThat(HTTP.send(unknown, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
        HttpRequest foreign = HttpRequest.newBuilder(unknown.uri())
                .headers("apikey", "pk_demo", "Origin", "https://evil.example.com")
                .build();
        assertThat(HTTP.send(foreign, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/shelf//sources",
                "/shelf///sources",
                "//shelf/1/sources",
                "/shelf//1/sources",
                "/shelf/1//sources",
                "/shelf/1/sources/",
                "/source//1",
                "/source/",
                "/source/1/",
                "//"
            })
    @DisplayName("an address with an empty segment is another address, where nothing is")
    void emptySegmentsAreNotPassedOver(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName("row 12: what policies give a token's bearer is what it reads, each with an ETag of its own")
    void rowsUnderRowLevelSecurity() throws Exception {
        String mira = Jwts.of("mira", "demo", Instant.now().plusSeconds(600));
        String gardener = Jwts.signed(
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"tomas\",\"tenant_id\":\"demo\",\"team\":\"garden\",\"exp\":%d}"
                        .formatted(Instant.now().plusSeconds(600).getEpochSecond()),
                Stage.JWT_SECRET);
        String list = "/v1/entities/letter?channel=site:demo";
        HttpResponse<String> hers = getAs(mira, list);
        HttpResponse<String> his = getAs(gardener, list);
        assertThat(hers.body()).contains("dear mira", "\"total\":1").doesNotContain("tomas", "recipient");
        assertThat(his.body()).contains("dear tomas", "dear gardeners", "\"total\":2");
        assertThat(hers.headers().firstValue("Cache-Status")).hasValue("rowcast; fwd=bypass; detail=row-security");
        assertThat(getAs(gardener, list, "If-None-Match", tag(hers)).statusCode())
                .isEqualTo(200);
        assertThat(getAs(mira, list, "If-None-Match", tag(hers)).statusCode()).isEqualTo(304);
        assertThat(getAs(mira, "/v1/entities/letter/3").statusCode()).isEqualTo(404);
        assertThat(getAs(gardener, "/v1/entities/letter/3").body()).contains("dear gardeners");
        assertThat(get(list).body()).startsWith("{\"data\":[]");

        sql("alter role %s bypassrls".formatted(role));
        try {
            HttpResponse<String> refused = getAs(mira, list);
            assertThat(refused.statusCode()).isEqualTo(500);
            assertThat(refused.body()).contains("\"code\":\"ROW_SECURITY_OFF\"").doesNotContain("dear", role);
            assertThat(get("/v1/entities/source/1").statusCode()).isEqualTo(200);
        } finally {
            sql("alter role %s nobypassrls".formatted(role));
        }
    }

    @Test
    void aListIsReadOnWithItsCursor() throws Exception {
        String first =
                get("/v1/entities/source?channel=vault:1&limit=3&sort=id.desc").body();
        String cursor = first.replaceFirst(".*\"nextCursor\":\"([^\"]+)\".*", "$1");
        assertThat(get("/v1/entities/source?channel=vault:1&limit=3&sort=id.desc&cursor=" + cursor)
                        .body())
                .contains("\"id\":2", "\"id\":1")
                .endsWith("\"pagination\":{\"limit\":3,\"nextCursor\":null}}")
                .doesNotContain("\"id\":3");
    }
}
