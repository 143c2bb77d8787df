package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.limit.HttpLimits;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.RawSocket.Heard;
import dev.rowcast.gateway.support.Stage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What HTTP clients may not do to the gateway, byte by byte.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class HardeningTest {

    private static final Duration HEAD_TIME = Duration.ofSeconds(2);
    /// Looked at twice in it: a client that is slow must be seen to get on between two looks.
    private static final Duration ANSWER_TIME = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /// What the gateway closes is not waited for so long.
    private static final Duration UNTIL_CLOSED = Duration.ofSeconds(20);
    private static final int SLOW_SOCKETS = 2_000;
    /// More than the kernel takes in for a client that does not read, and than a slow one does in these tests.
    private static final int LARGE = 256 << 20;
    /// Ten times a second, so that the kernel has room for more at least as often as the gateway looks.
    private static final int PIECE = 512 << 10;
    private static final String HOST = "Host: localhost\r\n";

    private static Stage stage;

    @BeforeAll
    static void set(Kafka kafka, Registry registry, @TempDir Path folder) throws IOException {
        Path page = Files.createDirectory(folder.resolve("page"));
        Files.writeString(page.resolve("index.html"), "<p>hello</p>");
        Files.writeString(folder.resolve("secret.txt"), "canary");
        try (RandomAccessFile large =
                new RandomAccessFile(page.resolve("large.bin").toFile(), "rw")) {
            large.setLength(LARGE);
        }
        stage = Stage.set(
                kafka,
                registry,
                config -> config.withPage(page)
                        .withLimits(config.limits()
                                .withHttp(http -> http.withHeadTime(HEAD_TIME)
                                        .withBodyTime(HEAD_TIME)
                                        .withAnswerTime(ANSWER_TIME))));
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    /// What the codec refuses is answered as everything is.
    private static void assertIsProblem(Heard heard, int status, String code) {
        assertThat(heard.statuses()).containsExactly(status);
        assertThat(heard.closed()).isTrue();
        assertThat(heard.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(heard.header("Content-Security-Policy")).contains("default-src 'none'");
        assertThat(heard.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(heard.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(heard.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(heard.header("Cache-Control")).isEqualTo("no-store");
        assertThat(heard.text()).contains("\"status\":" + status, "\"code\":\"" + code + "\"");
    }

    private static Heard exchange(String request) {
        return RawSocket.exchange(stage.gateway.port(), request, PATIENCE);
    }

    private static long healthMs() {
        long began = System.nanoTime();
        assertThat(exchange("GET /health HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n")
                        .statuses())
                .containsExactly(200);
        return (System.nanoTime() - began) / 1_000_000;
    }

    @Test
    @DisplayName("T11: two thousand sockets that send a byte now and then are closed in time, and others do not notice")
    void slowHeadsAreClosedInTime() {
        assertThat(HttpLimits.DEFAULTS.headTime()).isLessThanOrEqualTo(Duration.ofSeconds(10));
        double before = tooSlow();
        List<RawSocket> slow = new ArrayList<>();
        for (int i = 0; i < SLOW_SOCKETS; i++) {
            slow.add(new RawSocket(stage.gateway.port()));
        }
        long began = System.nanoTime();
        List<Long> healthy = new ArrayList<>();
        String head = "GET /health HTTP/1.1\r\nX-Slow: " + "x".repeat(1_000);
        for (int at = 0; elapsed(began).compareTo(HEAD_TIME.dividedBy(2)) < 0; at++) {
            String next = head.substring(at, at + 1);
            slow.forEach(socket -> socket.send(next));
            healthy.add(healthMs());
        }
        assertThat(slow.stream().map(socket -> socket.hear(HEAD_TIME)).map(Heard::closed))
                .containsOnly(true);
        assertThat(elapsed(began)).isLessThan(HEAD_TIME.plusSeconds(8));
        healthy.sort(null);
        assertThat(healthy.get(healthy.size() / 2)).isLessThan(1_000);
        assertThat(tooSlow() - before).isGreaterThanOrEqualTo(SLOW_SOCKETS);
        slow.forEach(RawSocket::close);
    }

    @Test
    @DisplayName("T11: a client that takes nothing of an answer is given up in time, and one that is slow is not")
    void answersThatNobodyTakesAreNotHeld() {
        double before = breaches("answer_time");
        try (RawSocket still = new RawSocket(stage.gateway.port(), 4 << 10);
                RawSocket slow = new RawSocket(stage.gateway.port(), 4 << 10)) {
            String request = "GET /large.bin HTTP/1.1\r\n" + HOST + "\r\n";
            still.send(request);
            slow.send(request);
            Awaitility.await().atMost(ANSWER_TIME.multipliedBy(4)).until(() -> {
                slow.take(PIECE);
                return breaches("answer_time") == before + 1;
            });
            assertThat(still.hear(PATIENCE).closed()).isTrue();
            Awaitility.await()
                    .during(ANSWER_TIME.plusSeconds(1))
                    .atMost(ANSWER_TIME.multipliedBy(4))
                    .until(() -> {
                        slow.take(PIECE);
                        return true;
                    });
        }
        assertThat(breaches("answer_time")).isEqualTo(before + 1);
    }

    private static double tooSlow() {
        return breaches("head_time");
    }

    private static double breaches(String limit) {
        return stage.gateway
                .meters()
                .get("rowcast.limited")
                .tag("limit", limit)
                .counter()
                .count();
    }

    private static Duration elapsed(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void aSocketThatSaysNothingIsClosedInTime() {
        try (RawSocket socket = new RawSocket(stage.gateway.port())) {
            assertThat(socket.hear(HEAD_TIME.plusSeconds(2)).closed()).isTrue();
        }
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedFor() {
        try (RawSocket socket = new RawSocket(stage.gateway.port())) {
            socket.send("POST /v1/nothing HTTP/1.1\r\n" + HOST + "Content-Length: 100\r\n\r\nx");
            Awaitility.await()
                    .atMost(HEAD_TIME.plusSeconds(3))
                    .until(() -> socket.hear(PATIENCE).closed());
        }
    }

    @Test
    @DisplayName("T14: a URL over 8 KiB is a 414, headers over 16 KiB are a 431, and the connection is closed")
    void whatIsTooLongIsRefused() {
        Heard line = exchange("GET /health?" + "x".repeat(8 << 10) + " HTTP/1.1\r\n" + HOST + "\r\n");
        assertIsProblem(line, 414, "TOO_LONG");
        Heard head = exchange(
                "GET /health HTTP/1.1\r\n" + HOST + ("X-Long: " + "x".repeat(4_000) + "\r\n").repeat(5) + "\r\n");
        assertIsProblem(head, 431, "TOO_LONG");
        assertThat(exchange("GET /health?" + "x".repeat(7 << 10) + " HTTP/1.1\r\n" + HOST + "\r\n")
                        .statuses())
                .containsExactly(200);
    }

    @Test
    @DisplayName("T10 T14: what is no request is a 400 with the headers and the body of every other problem")
    void whatIsNoRequestIsAProblem() {
        for (String request : List.of(
                "\u0016\u0003\u0001\r\n\r\n",
                "GET /health\r\n\r\n",
                "GET /health HTTP/1.1\r\n" + HOST + HOST + "\r\n",
                "GET /health HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n",
                "GET /health HTTP/1.1\r\n" + HOST + "Content-Length: -1\r\n\r\n",
                "GET /health HTTP/1.1\r\n" + HOST + "X\u0000Y: z\r\n\r\n")) {
            assertIsProblem(exchange(request), 400, "INVALID_MESSAGE");
        }
    }

    @Test
    @DisplayName("Two ways to tell where a body ends are one too many: no second request comes out of one")
    void nothingIsSmuggled() {
        String smuggled = "GET /health/live HTTP/1.1\r\n" + HOST + "\r\n";
        String chunked = "0\r\n\r\n" + smuggled;
        List<String> ambiguous = List.of(
                "Content-Length: " + chunked.length() + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunked,
                "Content-Length: 0\r\nContent-Length: " + smuggled.length() + "\r\n\r\n" + smuggled,
                "Content-Length: 0, " + smuggled.length() + "\r\n\r\n" + smuggled,
                "Content-Length: +0\r\n\r\n" + smuggled,
                "Content-Length: -1\r\n\r\n" + smuggled,
                "Content-Length : 0\r\n\r\n" + smuggled,
                "Transfer-Encoding: xchunked\r\n\r\n" + smuggled,
                "Transfer-Encoding: chunked, identity\r\n\r\n" + smuggled,
                "Transfer-Encoding : chunked\r\n\r\n" + chunked,
                "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\n" + smuggled);
        for (String rest : ambiguous) {
            Heard heard = exchange("POST /v1/nothing HTTP/1.1\r\n" + HOST + rest);
            assertThat(heard.statuses()).as(rest).doesNotContain(200).hasSizeBetween(1, 2);
            assertThat(heard.closed()).as(rest).isTrue();
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrderAndNotTooManyAhead() {
        String request = "GET /health HTTP/1.1\r\n" + HOST + "\r\n";
        assertThat(exchange(request + "GET /v1/nothing HTTP/1.1\r\n" + HOST + "\r\n" + request)
                        .statuses())
                .containsExactly(200, 404, 200);
        Heard many = RawSocket.exchange(stage.gateway.port(), request.repeat(2_000), UNTIL_CLOSED);
        assertThat(many.closed()).isTrue();
        assertThat(many.statuses().size()).isLessThan(2_000);
    }

    @Test
    void odditiesOfTheFirstLineAreAnsweredAndNothingBreaks() {
        for (String line : List.of(
                "FOO /health HTTP/1.1",
                "TRACE / HTTP/1.1",
                "CONNECT example.com:443 HTTP/1.1",
                "DELETE /health HTTP/1.1",
                "GET http://example.com/health HTTP/1.1",
                "GET * HTTP/1.1",
                "GET health HTTP/1.1",
                "GET //health HTTP/1.1",
                "GET /health%00 HTTP/1.1",
                "GET /health%0d%0aX-Injected:%20y HTTP/1.1",
                "GET /v1/entities/%2e%2e/%2e%2e HTTP/1.1",
                "GET /%ff%fe HTTP/1.1",
                "GET /% HTTP/1.1",
                "GET /v1/events?channel=%ff HTTP/1.1",
                "GET /health HTTP/2.0",
                "GET /health HTTP/9.9",
                "GET  /health  HTTP/1.1",
                "PRI * HTTP/2.0",
                "\u0016\u0003\u0001")) {
            Heard heard = exchange(line + "\r\n" + HOST + "Connection: close\r\n\r\n");
            assertThat(heard.statuses())
                    .as(line)
                    .allMatch(status -> status < 500)
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(heard.closed()).as(line).isTrue();
            assertThat(heard.text()).as(line).doesNotContain("\nX-Injected", "Exception", "\tat ");
        }
        healthMs();
    }

    @Test
    void nothingOutsideThePagesFolderIsServed() {
        for (String path : List.of(
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/%2e%2e%2fsecret.txt",
                "/..%5csecret.txt",
                "/..\\secret.txt",
                "/%252e%252e/secret.txt",
                "/x/../../secret.txt",
                "/....//secret.txt",
                "/..;/secret.txt",
                "/..%00/secret.txt",
                "/file:" + System.getProperty("user.dir"),
                "//etc/passwd",
                "/%2fetc%2fpasswd",
                "/WEB-INF/web.xml",
                "/index.html/../../secret.txt")) {
            Heard heard = exchange("GET " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
            assertThat(heard.text()).as(path).doesNotContain("canary", "root:");
            assertThat(heard.statuses()).as(path).allMatch(status -> status == 400 || status == 404);
        }
    }

    @Test
    @DisplayName("T15 SI-20: a body that is compressed or too long is refused before it is read")
    void bodiesAreRefusedUnread() {
        for (String encoding : List.of("gzip", "deflate", "br", "zstd", "identity, gzip")) {
            Heard heard = exchange("POST /v1/nothing HTTP/1.1\r\n" + HOST + "Content-Encoding: " + encoding
                    + "\r\nContent-Length: 10000\r\n\r\n");
            assertThat(heard.statuses()).as(encoding).containsExactly(415);
            assertThat(heard.text()).contains("UNSUPPORTED_MEDIA");
            assertThat(heard.closed()).isTrue();
        }
        Heard heard = exchange("POST /v1/nothing HTTP/1.1\r\n" + HOST + "Content-Length: " + (1 << 20) + "\r\n\r\n");
        assertThat(heard.statuses()).containsExactly(413);
        assertThat(heard.text()).contains("TOO_LONG");
        assertThat(heard.closed()).isTrue();
    }

    @Test
    @DisplayName("T16: whatever an id holds, an event stream has as many events and fields as were sent")
    void nothingBreaksOutOfAnEvent() {
        for (String evil :
                List.of("%0d%0adata:x", "%0aevent:x%0a%0a", "%00", "%e2%80%a8", "%e2%80%a9", "%c2%85", "%1b%5b2J")) {
            for (String query : List.of(
                    "channel=vault:" + evil,
                    "entity=source:" + evil,
                    "entity=" + evil + ":1",
                    "channel=vault:1&cursor=" + evil,
                    "channel=vault:1&filter=id=eq." + evil)) {
                Heard heard = exchange("GET /v1/events?" + query + " HTTP/1.1\r\n" + HOST + "apikey: pk_demo\r\n\r\n");
                assertThat(heard.statuses()).as(query).hasSize(1).allMatch(status -> status < 500);
                for (String line : heard.text().split("\r\n\r\n", 2)[1].split("\r\n|\r|\n")) {
                    assertThat(line)
                            .as(query)
                            .matches(
                                    "|\\{.*}|:.*|[0-9a-f]+|retry: \\d+|event: [A-Z_]+|id: [\\x21-\\x7e]+|data: \\{.*}");
                }
                assertThat(heard.text().chars().filter(c -> c == 0 || c == 0x1b))
                        .as(query)
                        .isEmpty();
            }
        }
    }

    @Test
    void manyRequestsOnOneConnectionEndIt() {
        String request = "GET /health HTTP/1.1\r\n" + HOST + "\r\n";
        try (RawSocket socket = new RawSocket(stage.gateway.port())) {
            long answered = 0;
            boolean closed = false;
            while (!closed && answered <= HttpLimits.DEFAULTS.keepAlive()) {
                closed = !socket.send(request.repeat(8));
                Heard heard = socket.hear(Duration.ofMillis(15));
                answered += heard.statuses().size();
                closed |= heard.closed();
            }
            assertThat(closed).isTrue();
            assertThat(answered).isLessThanOrEqualTo(HttpLimits.DEFAULTS.keepAlive());
        }
    }
}
