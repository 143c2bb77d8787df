package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.edge.Origins;
import dev.rowcast.gateway.edge.Web;
import dev.rowcast.gateway.policy.Policies;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.Stage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Policies at the gateway's door. Addresses are what the one trusted proxy says.
@NeedsParts({Part.KAFKA, Part.REGISTRY, Part.REDIS})
class NamedLimitsTest {

    private static final Policies POLICIES = Policies.parse("test", """
            profile: [runs, rooms]
            policies:
              tight: {slidingWindow: 4/min, by: address, paths: /v1/tight/**}
              shelves: {slidingWindow: 2/min, by: address, paths: [GET /shelf/*/sources]}
              rows: {slidingWindow: 2/min, by: address, paths: [GET /v1/entities/source/*]}
              jobs: {tokenBucket: {rate: 1/h, burst: 3}, by: principal, paths: GET /v1/jobs/*}
              seats: {slidingWindow: 1/min, by: [channel], checkOnly: true, onBackendFailure: deny}
            """);

    /// So that Redis answers on a busy machine too, and counts are exact. One that is stopped refuses at once.
    private static final Duration REDIS_TIMEOUT = Duration.ofSeconds(5);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Stage stage;
    private static Gateway second;
    private static int addresses;

    @BeforeAll
    static void set(Kafka kafka, Registry registry, Redis redis) {
        stage = Stage.set(
                kafka,
                registry,
                config -> config.withWeb(new Web(Origins.NONE, 1))
                        .withRedis(RedisConfig.of(redis.url()).withTimeout(REDIS_TIMEOUT))
                        .withPolicies(POLICIES));
        second = stage.another();
        for (Gateway each : new Gateway[] {stage.gateway, second}) {
            Awaitility.await()
                    .until(() ->
                            degraded(get(each, "/v1/nothing", "192.0.2.1", "")).isEmpty());
        }
    }

    @AfterAll
    static void close() throws InterruptedException {
        second.close();
        stage.close();
    }

    private static String address() {
        addresses++;
        return "198.51.100." + addresses;
    }

    private static String token(String user, String tenant) {
        return Jwts.of(user, tenant, Instant.now().plusSeconds(600));
    }

    private static HttpResponse<String> get(Gateway at, String path, String address, String token) {
        return send(request(at, path, address, token).GET());
    }

    private static HttpResponse<String> check(Gateway at, String policy, String token, String body) {
        return send(request(at, "/v1/limits/" + policy + "/check", address(), token)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder request(Gateway at, String path, String address, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port() + path))
                .header("X-Forwarded-For", address);
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String degraded(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-RateLimit-Degraded").orElse("");
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    @DisplayName(
            "SI-17 SY-22: answers tell of the tightest limit and name all; a refusal has the body that clients know")
    void headersTellOfTheTightest() {
        String address = address();
        for (int left = 3; left >= 0; left--) {
            HttpResponse<String> answer = get(left % 2 == 0 ? stage.gateway : second, "/v1/tight/1", address, "");
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(header(answer, "X-RateLimit-Limit")).isEqualTo("4");
            assertThat(header(answer, "X-RateLimit-Remaining")).isEqualTo("" + left);
            assertThat(Integer.parseInt(header(answer, "X-RateLimit-Reset"))).isBetween(1, 60);
            assertThat(header(answer, "RateLimit")).startsWith("\"tight\";r=%d;t=".formatted(left));
            assertThat(header(answer, "RateLimit-Policy"))
                    .contains("\"global\";q=1000;w=60", "\"address\";q=1000;w=60", "\"tight\";q=4;w=60");
            assertThat(degraded(answer)).isEmpty();
        }

        HttpResponse<String> over = get(second, "/v1/tight/1", address, "");

        assertThat(over.statusCode()).isEqualTo(429);
        assertThat(header(over, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(json(over).path("error").asString()).isEqualTo("Too many requests");
        assertThat(json(over).path("code").asString()).isEqualTo("RATE_LIMITED");
        assertThat(json(over).path("retryAfter").asInt()).isBetween(1, 60);
        assertThat(Integer.parseInt(header(over, "Retry-After"))).isBetween(1, 60);
        assertThat(header(over, "X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(get(stage.gateway, "/v1/tight/1", address, "").statusCode()).isEqualTo(429);
        assertThat(get(stage.gateway, "/v1/%74ight/1", address, "").statusCode())
                .as("however it is spelled")
                .isEqualTo(429);
        assertThat(get(stage.gateway, "/v1/other", address, "").statusCode()).isEqualTo(404);
        assertThat(get(stage.gateway, "/v1/tight/1", address(), "").statusCode())
                .isEqualTo(404);
        assertThat(get(stage.gateway, "/health", address, "").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("SI-16: a principal is counted with its address in one question, whichever node it asks")
    void aPrincipalIsCounted() {
        int allowed = 0;
        for (int i = 0; i < 6; i++) {
            HttpResponse<String> answer = send(request(i % 2 == 0 ? stage.gateway : second, "/v1/jobs/x", address(), "")
                    .header("apikey", "sk_demo")
                    .header("X-Forwarded-For", "203.0.113.77")
                    .GET());
            allowed += answer.statusCode() == 404 ? 1 : 0;
            assertThat(header(answer, "RateLimit-Policy")).contains("\"address\"", "\"jobs\";q=3;w=10800");
        }
        assertThat(allowed).isEqualTo(3);
    }

    @Test
    @DisplayName(
            "SY-26: an application's own address has the limits that are written for it, and those of what it stands for")
    void anAddressOfTheApplicationIsLimited() {
        String own = address();
        for (int status : new int[] {404, 404, 429}) {
            assertThat(get(stage.gateway, "/shelf/1/sources", own, token("mira", "demo"))
                            .statusCode())
                    .isEqualTo(status);
        }
        HttpResponse<String> api =
                get(stage.gateway, "/v1/entities/source?channel=vault:1", own, token("mira", "demo"));
        assertThat(api.statusCode()).as("this one has no limit").isEqualTo(404);

        String both = address();
        for (String path : new String[] {"/source/1", "/v1/entities/source/1"}) {
            assertThat(get(stage.gateway, path, both, token("mira", "demo")).statusCode())
                    .isEqualTo(404);
        }
        assertThat(get(stage.gateway, "/source/1", both, token("mira", "demo")).statusCode())
                .isEqualTo(429);
    }

    @Test
    void aRequestWithoutACredentialIsCountedByItsAddress() {
        HttpResponse<String> answer = get(stage.gateway, "/v1/jobs/x", address(), "");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(header(answer, "RateLimit-Policy")).contains("\"address\"").doesNotContain("\"jobs\"");
    }

    @Test
    @DisplayName("PP-09 PP-10: a client asks before it runs something, three times a minute for each user of a room")
    void aClientChecksAPolicy() {
        String alice = token("alice", "demo");
        for (int left = 2; left >= 0; left--) {
            HttpResponse<String> answer =
                    check(left % 2 == 0 ? stage.gateway : second, "run", alice, "{\"room\":\"42\"}");
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode body = json(answer);
            assertThat(body.path("allowed").asBoolean()).isTrue();
            assertThat(body.path("limit").asInt()).isEqualTo(3);
            assertThat(body.path("remaining").asInt()).isEqualTo(left);
            assertThat(body.path("resetMs").asInt()).isBetween(50_000, 60_000);
            assertThat(body.path("retryAfterMs").asInt()).isZero();
            assertThat(header(answer, "RateLimit-Policy")).contains("\"run\";q=3;w=60");
        }

        HttpResponse<String> over = check(second, "run", alice, "{\"room\":\"42\"}");

        assertThat(over.statusCode()).isEqualTo(429);
        JsonNode body = json(over);
        assertThat(body.path("error").asString()).isEqualTo("Too many requests");
        assertThat(body.path("policy").asString()).isEqualTo("run");
        assertThat(body.path("allowed").asBoolean(true)).isFalse();
        assertThat(body.path("remaining").asInt(-1)).isZero();
        assertThat(body.path("retryAfterMs").asInt()).isBetween(1, 60_000);
        for (String[] other :
                new String[][] {{"alice", "demo", "43"}, {"bob", "demo", "42"}, {"alice", "other", "42"}}) {
            HttpResponse<String> free =
                    check(stage.gateway, "run", token(other[0], other[1]), "{\"room\":\"" + other[2] + "\"}");
            assertThat(json(free).path("remaining").asInt()).isEqualTo(2);
        }
    }

    @Test
    void whatACheckMustNameIsSaid() {
        String alice = token("alice", "demo");
        assertThat(check(stage.gateway, "walk", alice, "{}").statusCode()).isEqualTo(404);
        assertThat(check(stage.gateway, "run", "", "{\"room\":\"1\"}").statusCode())
                .isEqualTo(401);
        assertThat(check(stage.gateway, "run", alice, "{}")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(json(answer).path("code").asString()).isEqualTo("INVALID_MESSAGE");
            assertThat(json(answer).path("detail").asString()).contains("'room', a text of 1 to 256 characters");
        });
        for (String body : new String[] {
            "",
            "[]",
            "{",
            "{\"room\":42}",
            "{\"room\":\"\"}",
            "{\"room\":\"1\",\"principal\":\"bob\"}",
            "{\"room\":\"1\",\"tenant\":\"other\"}",
            "{\"room\":\"" + "x".repeat(257) + "\"}"
        }) {
            assertThat(check(stage.gateway, "run", alice, body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(check(stage.gateway, "run", alice, "{\"room\":\"" + "x".repeat(5_000) + "\"}")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    @DisplayName("T17: hostile names are counted each by itself, and nothing else in Redis changes")
    void hostileNamesAreCountedEachByItself() {
        String eve = token("eve", "demo");
        for (String room : new String[] {"a:*", "{x}", "}{", "\\r\\nFLUSHALL\\r\\n", "\\u0000", "*"}) {
            for (int left = 2; left >= 0; left--) {
                HttpResponse<String> answer = check(stage.gateway, "run", eve, "{\"room\":\"" + room + "\"}");
                assertThat(json(answer).path("remaining").asInt(-1)).as(room).isEqualTo(left);
            }
        }
    }

    @Test
    @DisplayName("PP-11 R-7: without Redis each policy does what it says, and the answer says that it is degraded")
    void withoutRedisAnswersAreWhatThePoliciesSay(Redis redis) {
        String carol = token("carol", "demo");
        redis.stop();
        try {
            Awaitility.await()
                    .until(() -> degraded(get(stage.gateway, "/v1/nothing", address(), ""))
                            .equals("1"));
            HttpResponse<String> allowed = check(stage.gateway, "run", carol, "{\"room\":\"9\"}");
            assertThat(allowed.statusCode()).isEqualTo(200);
            assertThat(degraded(allowed)).isEqualTo("1");
            HttpResponse<String> denied = check(stage.gateway, "seats", carol, "{\"channel\":\"vault:1\"}");
            assertThat(denied.statusCode()).isEqualTo(503);
            assertThat(json(denied).path("code").asString()).isEqualTo("LIMIT_UNKNOWN");
            assertThat(header(denied, "Retry-After")).matches("\\d+");
            for (int i = 0; i < 2; i++) {
                check(stage.gateway, "run", carol, "{\"room\":\"9\"}");
            }
            assertThat(check(stage.gateway, "run", carol, "{\"room\":\"9\"}").statusCode())
                    .isEqualTo(429);
            assertThat(stage.gateway
                            .meters()
                            .get("rowcast.policies.degraded")
                            .counter()
                            .count())
                    .isPositive();
        } finally {
            redis.start();
        }
        Awaitility.await()
                .until(() -> degraded(get(stage.gateway, "/v1/nothing", address(), ""))
                        .isEmpty());
        assertThat(check(stage.gateway, "seats", carol, "{\"channel\":\"vault:1\"}")
                        .statusCode())
                .isEqualTo(200);
    }
}
