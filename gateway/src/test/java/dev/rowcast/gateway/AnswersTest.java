package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.AccessLines;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.RawSocket.Heard;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every answer has, whatever it answers; what operators see, and others do not.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class AnswersTest {

    private static final String CONNECTION = "connection=[0-9a-f-]{36}";
    private static final Duration SILENCE = Duration.ofMillis(400);
    private static final List<String> ACTUATOR = List.of(
            "auditevents",
            "beans",
            "caches",
            "conditions",
            "configprops",
            "env",
            "flyway",
            "heapdump",
            "httpexchanges",
            "integrationgraph",
            "liquibase",
            "logfile",
            "loggers",
            "mappings",
            "metrics",
            "quartz",
            "sbom",
            "scheduledtasks",
            "sessions",
            "shutdown",
            "startup",
            "threaddump",
            "trace",
            "dump",
            "autoconfig",
            "gateway",
            "gateway/routes",
            "jolokia",
            "refresh",
            "restart",
            "pause",
            "resume",
            "features",
            "bus-refresh",
            "env/PATH",
            "metrics/jvm.memory.used",
            "loggers/ROOT",
            "heapdump/live",
            "configprops/server");
    private static final List<String> OPERATORS =
            List.of("health", "health/liveness", "health/readiness", "info", "prometheus", "deliveries/1", "keys");

    private static Stage stage;

    @BeforeAll
    static void set(Kafka kafka, Registry registry, @TempDir Path page) throws IOException {
        Files.writeString(page.resolve("index.html"), "<p>hello</p>");
        stage = Stage.set(kafka, registry, config -> config.withPage(page));
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    private static Heard exchange(int port, String line, String headers) {
        return RawSocket.exchange(
                port, line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n", SILENCE);
    }

    private static Heard exchange(String line) {
        return exchange(stage.gateway.port(), line, "");
    }

    @Test
    @DisplayName("T10 SI-20 SI-21: every answer has the headers that keep browsers from being of use to others")
    void everyAnswerHasTheSafetyHeaders() {
        Map<String, Integer> answers = new TreeMap<>(Map.of(
                "GET /v1/events?channel=vault:1&apikey=pk_demo", 200,
                "GET /v1/events?apikey=pk_demo", 400,
                "GET /v1/events?channel=vault:1", 401,
                "GET /v1/entities/source?apikey=pk_demo", 404,
                "POST /v1/tickets", 401,
                "POST /v1/tenants/demo/events", 401,
                "GET /v1/nothing", 404,
                "GET /health", 200,
                "GET /health/ready", 200,
                "GET /", 200));
        answers.put("GET /nothing", 404);
        answers.put("DELETE /health", 400);
        answers.put("GET /v1/events?poll=true&wait=1&channel=vault:1&apikey=pk_demo", 200);
        answers.forEach((line, status) -> {
            Heard heard = exchange(line);
            assertThat(heard.status()).as(line).isEqualTo(status);
            boolean page = !line.contains("/v1/") && !line.contains("/health");
            String headers = """
                    Content-Security-Policy: %s
                    X-Content-Type-Options: nosniff
                    X-Frame-Options: DENY
                    X-XSS-Protection: 0
                    Referrer-Policy: no-referrer
                    """.formatted(
                            page
                                    ? "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors 'none'"
                                    : "default-src 'none'; frame-ancestors 'none'");
            assertThat(heard.text()).as(line).contains(headers.replace("\n", "\r\n"));
            assertThat(heard.header("Server")).as(line).isEmpty();
            assertThat(heard.header("Strict-Transport-Security")).as(line).isEmpty();
            if (!page) {
                assertThat(heard.header("Cache-Control")).as(line).contains("no-store");
            }
        });
        Heard socket = RawSocket.exchange(
                stage.gateway.port(), RawSocket.handshake("/v1/socket?apikey=pk_demo") + "\r\n", SILENCE);
        assertThat(socket.status()).isEqualTo(101);
        assertThat(socket.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    @DisplayName("T24: sixty actuator paths on the clients' port are not there; on the operators' what is meant")
    void theActuatorIsForOperatorsOnly() {
        for (String path : ACTUATOR) {
            assertThat(exchange("GET /actuator/" + path).status()).as(path).isEqualTo(404);
            assertThat(exchange(stage.gateway.managementPort(), "GET /actuator/" + path, "")
                            .status())
                    .as(path)
                    .isEqualTo(404);
        }
        for (String path : OPERATORS) {
            assertThat(exchange("GET /actuator/" + path).status()).as(path).isEqualTo(404);
            assertThat(exchange(stage.gateway.managementPort(), "GET /actuator/" + path, "")
                            .status())
                    .as(path)
                    .isEqualTo(200);
        }
        for (String path : List.of(
                "/manage/env",
                "/management/env",
                "/env",
                "/heapdump",
                "/metrics",
                "/prometheus",
                "/actuator",
                "/actuator;/env",
                "/%61ctuator/env",
                "/actuator/%65nv",
                "//actuator/env",
                "/v1/../actuator/env")) {
            assertThat(exchange("GET " + path).status()).as(path).isIn(400, 404);
        }
    }

    @Test
    @DisplayName("T24 T25: no metric names a tenant, a key or an address")
    void metricsNameNobody() {
        try (EventStream stream = stage.events("channel=vault:1")) {
            stream.next("SUBSCRIBED");
            exchange("GET /v1/events?channel=vault:1&apikey=pk_nobody");
            Heard metrics = exchange(stage.gateway.managementPort(), "GET /actuator/prometheus", "");
            assertThat(metrics.text()).contains("rowcast_limited_total", "rowcast_auth_failures_total");
            for (String line : metrics.text().split("\n")) {
                assertThat(line).doesNotContain("tenant=", "\"demo\"", "key-demo", "pk_", "127.0.0.1");
            }
        }
    }

    @Test
    @DisplayName(
            "SY-24 SY-25 T25: a line for each request and for each stream's end, without credentials or injected lines")
    void theAccessLogSaysWhoAskedWhat() {
        try (AccessLines lines = new AccessLines()) {
            exchange("GET /v1/nothing?%61pikey=pk_canary&x=%0d%0ainjected&y=eyJhbGciOiJub25lIn0.e30.x");
            try (EventStream stream = stage.events("channel=vault:2")) {
                stream.next("SUBSCRIBED");
            }
            Awaitility.await()
                    .until(() -> lines.all().stream().anyMatch(line -> line.startsWith("INFO Connection ended")));
            assertThat(lines.all())
                    .noneMatch(line -> line.contains("canary") || line.contains("eyJ") || line.contains("\n"))
                    .anyMatch(line -> line.startsWith("WARN Request method=GET path=/v1/nothing query=%61pikey=***")
                            && line.matches(
                                    ".* status=404 durationMs=\\d+ address=127\\.0\\.0\\.1 requestId=[0-9a-f]{32}"))
                    .anyMatch(line -> line.matches("INFO Connection ended " + CONNECTION
                            + " tenant=demo form=sse_chunked cause=client_left"
                            + " durationMs=\\d+ writes=[1-9]\\d* bytes=[1-9]\\d+"));
        }
    }

    @Test
    @DisplayName(
            "SY-24 SY-25 T6: what is logged of HTTP, event stream, WebSocket and long-poll, with credentials masked")
    void everyTransportHasItsLines() {
        String token = Jwts.of("canary-user", "demo", Instant.now().plusSeconds(600));
        try (AccessLines lines = new AccessLines()) {
            exchange(stage.gateway.port(), "GET /health", "Authorization: Bearer " + token + "\r\n");
            exchange("GET /v1/entities/source?token=" + token);
            exchange("GET /v1/events?poll=true&wait=1&channel=vault:1&token=" + token);
            exchange("GET /v1/events?channel=vault:1&token=" + token + "x");
            RawSocket.exchange(stage.gateway.port(), "GET /" + token + " HTTP/1.1\r\n\r\n", SILENCE);
            try (EventStream stream = stage.events("channel=vault:2&token=" + token)) {
                stream.next("SUBSCRIBED");
            }
            try (SocketClient socket = SocketClient.open(stage.gateway.port(), "/v1/socket?token=" + token)) {
                socket.next("WELCOME");
                socket.sendBinary(new byte[1]);
                assertThat(socket.closeCode()).isEqualTo(1003);
            }
            String end = " durationMs=\\d+ writes=[1-9]\\d* bytes=[1-9]\\d+";
            List<String> wanted = List.of(
                    request("INFO", "/health", "", 200),
                    request("WARN", "/v1/entities/source", "token=***", 404),
                    request("INFO", "/v1/events", "poll=true&wait=1&channel=vault:1&token=***", 200),
                    request("WARN", "/v1/events", "channel=vault:1&token=***", 401),
                    request("INFO", "/v1/events", "channel=vault:2&token=***", 200),
                    request("INFO", "/v1/socket", "token=***", 101),
                    "WARN Unreadable request status=400 address=127\\.0\\.0\\.1",
                    "INFO Connection ended " + CONNECTION + " tenant=demo form=sse_chunked cause=client_left" + end,
                    "INFO Connection ended " + CONNECTION + " tenant=demo form=websocket cause=not_text" + end);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(wanted)
                            .allSatisfy(line -> assertThat(lines.all()).anyMatch(each -> each.matches(line))));
            assertThat(lines.all()).noneMatch(line -> line.contains("eyJ") || line.contains("canary"));
        }
    }

    @Test
    @DisplayName("SY-25: a socket that is refused for its credential is a warning that says so, and is counted")
    void aRefusedSocketIsAWarning() {
        double before = closes("auth_failed");
        try (AccessLines lines = new AccessLines();
                SocketClient socket = SocketClient.open(stage.gateway.port(), "/v1/socket?apikey=pk_nobody")) {
            assertThat(socket.closeCode()).isEqualTo(4501);
            String line = request("WARN", "/v1/socket", "apikey=***", 101) + " code=AUTH_FAILED";
            Awaitility.await()
                    .untilAsserted(() -> assertThat(lines.all())
                            .anyMatch(each -> each.matches(line))
                            .anyMatch(each -> each.matches(
                                    "INFO Connection refused form=websocket cause=auth_failed durationMs=\\d+")));
            assertThat(closes("auth_failed")).isEqualTo(before + 1);
        }
    }

    private static double closes(String cause) {
        return stage.gateway.meters().counter("rowcast.closes", "cause", cause).count();
    }

    private static String request(String level, String path, String query, int status) {
        return "%s Request method=GET path=%s query=%s status=%d durationMs=\\d+ address=127\\.0\\.0\\.1 requestId=[0-9a-f]{32}(?: %s)?"
                .formatted(level, Pattern.quote(path), Pattern.quote(query), status, CONNECTION);
    }
}
