package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.edge.Origins;
import dev.rowcast.gateway.edge.Web;
import dev.rowcast.gateway.limit.Quota;
import dev.rowcast.gateway.limit.Rate;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.RawSocket.Heard;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// How much one client may take, and that it is no other's loss. Addresses are what the one trusted proxy says.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class LimitTest {

    private static final Duration SILENCE = Duration.ofMillis(400);
    private static final int OF_TENANT = 12;
    private static final int OF_USER = 2;
    private static final int OF_ADDRESS = 4;
    private static final int CONNECTS = 8;
    private static final int REQUESTS = 10;

    private static Stage stage;
    private static int addresses;

    @BeforeAll
    static void set(Kafka kafka, Registry registry) {
        stage = Stage.set(
                kafka,
                registry,
                config -> config.withWeb(new Web(Origins.NONE, 1))
                        .withLimits(config.limits()
                                .withConnections(all -> all.withTenant(OF_TENANT)
                                        .withUser(OF_USER)
                                        .withAddress(OF_ADDRESS)
                                        .withConnectsOfAddress(new Quota(CONNECTS, Duration.ofMinutes(1), CONNECTS)))
                                .withHttp(all -> all.withGlobal(new Quota(REQUESTS, Duration.ofMinutes(1), REQUESTS))
                                        .withAttempts(new Quota(3, Duration.ofMinutes(1), 3)))));
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    /// One that nobody had before.
    private static String address() {
        addresses++;
        return "198.51.100." + addresses;
    }

    private static RawSocket connect(String credential, String address) {
        RawSocket socket = new RawSocket(stage.gateway.port());
        socket.send(RawSocket.handshake("/v1/socket?token=" + credential) + "X-Forwarded-For: " + address + "\r\n\r\n");
        return socket;
    }

    private static Heard events(String credential, String address) {
        return RawSocket.exchange(
                stage.gateway.port(),
                "GET /v1/events?channel=vault:1&token=" + credential
                        + " HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: " + address + "\r\n\r\n",
                SILENCE);
    }

    private static Heard get(String path, String headers) {
        return RawSocket.exchange(
                stage.gateway.port(),
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n",
                SILENCE);
    }

    private static String token(String user, String tenant) {
        return Jwts.of(user, tenant, Instant.now().plusSeconds(600));
    }

    private static double breaches(String limit) {
        return stage.gateway
                .meters()
                .get("rowcast.limited")
                .tag("limit", limit)
                .counter()
                .count();
    }

    private static void refused(Heard heard, int status, String code) {
        assertThat(heard.status()).isEqualTo(status);
        assertThat(heard.text()).contains(code);
        assertThat(Integer.parseInt(heard.header("Retry-After"))).isBetween(1, 75);
    }

    @Test
    @DisplayName("T12: a request that says it becomes a socket and is for none is limited like any other")
    void whatOnlySaysThatItBecomesASocketIsLimited() {
        String address = address();
        String upgrade = "X-Forwarded-For: " + address + "\r\nUpgrade: websocket\r\n";
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(get("/v1/nothing", upgrade).status()).isEqualTo(404);
        }
        refused(get("/v1/nothing", upgrade), 429, "RATE_LIMITED");
        assertThat(get("/v1/events?channel=vault:1", upgrade).status()).isEqualTo(401);
    }

    @Test
    @DisplayName("T12 row 21: a user has so many connections, and a place is free again when one is closed")
    void aUserHasSoManyConnections() {
        String token = token("greedy", "user-limit");
        List<RawSocket> open = new ArrayList<>();
        for (int i = 0; i < OF_USER; i++) {
            RawSocket socket = connect(token, address());
            assertThat(socket.hear(SILENCE).status()).isEqualTo(101);
            open.add(socket);
        }
        try (RawSocket one = connect(token, address())) {
            refused(one.hear(SILENCE), 429, "TOO_MANY_CONNECTIONS");
        }
        assertThat(breaches("connections_user")).isPositive();
        try (RawSocket another = connect(token("modest", "user-limit"), address())) {
            assertThat(another.hear(SILENCE).status()).isEqualTo(101);
        }
        Heard stream = events(token, address());
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.text()).containsPattern("retry: \\d+").contains("event: ERROR", "TOO_MANY_CONNECTIONS");
        open.forEach(RawSocket::close);
        Awaitility.await().until(() -> {
            try (RawSocket again = connect(token, address())) {
                return again.hear(SILENCE).status() == 101;
            }
        });
    }

    @Test
    @DisplayName("T12 T30 row 22: a tenant has so many connections, and another tenant's come in all the same")
    void aTenantHasSoManyConnections() {
        List<RawSocket> open = new ArrayList<>();
        for (int i = 0; i < OF_TENANT; i++) {
            RawSocket socket = connect(token("user-" + i, "crowd"), address());
            assertThat(socket.hear(SILENCE).status()).isEqualTo(101);
            open.add(socket);
        }
        for (int i = 0; i < 2 * OF_TENANT; i++) {
            try (RawSocket one = connect(token("more-" + i, "crowd"), address())) {
                refused(one.hear(SILENCE), 429, "TOO_MANY_CONNECTIONS");
            }
        }
        try (RawSocket another = connect(token("user-1", "quiet"), address())) {
            assertThat(another.hear(SILENCE).status()).isEqualTo(101);
        }
        assertThat(breaches("connections_tenant")).isPositive();
        open.forEach(RawSocket::close);
    }

    @Test
    @DisplayName("T12: an address has so many connections; of IPv6 the /64 is one address")
    void anAddressHasSoManyConnections() {
        List<RawSocket> open = new ArrayList<>();
        for (int i = 0; i < OF_ADDRESS; i++) {
            RawSocket socket = connect(token("a-" + i, "address-limit"), "2001:db8:0:1::" + (i + 1));
            assertThat(socket.hear(SILENCE).status()).isEqualTo(101);
            open.add(socket);
        }
        try (RawSocket one = connect(token("b", "address-limit"), "[2001:db8:0:1:ffff::9]:4711")) {
            refused(one.hear(SILENCE), 429, "TOO_MANY_CONNECTIONS");
        }
        try (RawSocket one = connect(token("c", "address-limit"), "2001:db8:0:2::1")) {
            assertThat(one.hear(SILENCE).status()).isEqualTo(101);
        }
        open.forEach(RawSocket::close);
    }

    @Test
    @DisplayName("T12: an address has so many sockets open; a trusted proxy has more")
    void anAddressHasSoManySockets(Kafka kafka, Registry registry) throws Exception {
        for (int proxies : new int[] {0, 1}) {
            try (Stage few = Stage.set(
                    kafka,
                    registry,
                    config -> config.withWeb(new Web(Origins.NONE, proxies))
                            .withLimits(config.limits().withConnections(all -> all.withSockets(3))))) {
                int port = few.gateway.port();
                var met = few.gateway.meters().get("rowcast.limited").tag("limit", "sockets_address");
                List<RawSocket> open = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    open.add(new RawSocket(port));
                    assertThat(health(open.getLast()).status()).isEqualTo(200);
                }
                try (RawSocket more = new RawSocket(port)) {
                    assertThat(health(more).text().isEmpty()).isEqualTo(proxies == 0);
                }
                assertThat(met.counter().count()).isEqualTo(1 - proxies);
                open.forEach(RawSocket::close);
                Awaitility.await().until(() -> {
                    try (RawSocket again = new RawSocket(port)) {
                        return !health(again).text().isEmpty();
                    }
                });
            }
        }
    }

    @Test
    @DisplayName("T12 row 21: a key has so many connections, and another key of the tenant comes in all the same")
    void aKeyHasSoManyConnections(Kafka kafka, Registry registry) throws Exception {
        try (Stage few = Stage.withLimits(kafka, registry, limits -> limits.withConnections(all -> all.withKey(2)))) {
            few.key("key-second", "demo", "pk_second", null);
            List<RawSocket> open = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                open.add(socket(few, "pk_demo"));
                assertThat(open.getLast().hear(SILENCE).status()).isEqualTo(101);
            }
            try (RawSocket more = socket(few, "pk_demo")) {
                refused(more.hear(SILENCE), 429, "TOO_MANY_CONNECTIONS");
            }
            Awaitility.await().untilAsserted(() -> {
                try (RawSocket another = socket(few, "pk_second")) {
                    Heard heard = another.hear(SILENCE);
                    assertThat(heard.status()).isEqualTo(101);
                    assertThat(heard.text()).contains("WELCOME");
                }
            });
            assertThat(few.gateway
                            .meters()
                            .get("rowcast.limited")
                            .tag("limit", "connections_key")
                            .counter()
                            .count())
                    .isEqualTo(1);
            open.forEach(RawSocket::close);
        }
    }

    private static Heard health(RawSocket socket) {
        socket.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return socket.hear(SILENCE);
    }

    @Test
    @DisplayName("Row 59: when too many come to a node at once, each is told another time to come back")
    void connectsOfTheNodeAreCounted(Kafka kafka, Registry registry) throws Exception {
        try (Stage few = Stage.withLimits(
                kafka, registry, limits -> limits.withConnections(all -> all.withConnects(new Rate(1, 2))))) {
            List<String> times = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Heard heard = RawSocket.exchange(
                        few.gateway.port(),
                        "GET /v1/events?channel=vault:1&apikey=pk_demo HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        Duration.ofMillis(50));
                if (heard.text().contains("event: ERROR")) {
                    assertThat(heard.text()).contains("OVERLOADED");
                    times.add(heard.text().replaceAll("(?s).*retry: (\\d+).*", "$1"));
                }
            }
            assertThat(times).hasSizeGreaterThan(4);
            assertThat(times)
                    .allSatisfy(time -> assertThat(Integer.parseInt(time)).isBetween(1_000, 20_000));
            assertThat(Set.copyOf(times)).hasSizeGreaterThan(times.size() / 2);
            assertThat(few.gateway
                            .meters()
                            .get("rowcast.limited")
                            .tag("limit", "connects_node")
                            .counter()
                            .count())
                    .isEqualTo(times.size());
        }
    }

    @Test
    @DisplayName("SI-21: who comes over TLS, by the trusted proxy's word, is told to stay with it")
    void transportSecurityComesWithTls() {
        String address = "X-Forwarded-For: " + address() + "\r\n";
        assertThat(get("/health", address + "X-Forwarded-Proto: https\r\n").header("Strict-Transport-Security"))
                .isEqualTo("max-age=31536000");
        assertThat(get("/health", address + "X-Forwarded-Proto: http\r\n").header("Strict-Transport-Security"))
                .isEmpty();
        assertThat(get("/health", address).header("Strict-Transport-Security")).isEmpty();
    }

    private static RawSocket socket(Stage at, String key) {
        RawSocket socket = new RawSocket(at.gateway.port());
        socket.send(RawSocket.handshake("/v1/socket?apikey=" + key) + "\r\n");
        return socket;
    }

    @Test
    void whatAClientWritesInFrontOfTheProxysWordIsNotBelieved() {
        String real = address();
        List<RawSocket> open = new ArrayList<>();
        for (int i = 0; i < OF_ADDRESS; i++) {
            RawSocket socket = connect(token("f-" + i, "forged"), "203.0.113." + i + ", " + real);
            assertThat(socket.hear(SILENCE).status()).isEqualTo(101);
            open.add(socket);
        }
        try (RawSocket one = connect(token("g", "forged"), "203.0.113.99, " + real)) {
            refused(one.hear(SILENCE), 429, "TOO_MANY_CONNECTIONS");
        }
        open.forEach(RawSocket::close);
    }

    @Test
    @DisplayName("Row 59: who connects too often is told a time to come back, each another one")
    void connectsOfAnAddressAreCounted() {
        String address = address();
        for (int i = 0; i < CONNECTS; i++) {
            try (RawSocket socket = connect(token("r-" + i, "rate"), address)) {
                assertThat(socket.hear(Duration.ofMillis(150)).status()).isIn(101, 429);
            }
        }
        List<String> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Heard heard = events(token("r", "rate"), address);
            assertThat(heard.status()).isEqualTo(200);
            assertThat(heard.text()).contains("RATE_LIMITED");
            times.add(heard.text().replaceAll("(?s).*retry: (\\d+).*", "$1"));
        }
        assertThat(times.stream().distinct().count()).isGreaterThan(1);
        assertThat(breaches("connects_address")).isPositive();
    }

    @Test
    @DisplayName("SI-16 SI-17: requests of an address are counted, and every answer says what is left")
    void requestsOfAnAddressAreCounted() {
        String headers = "X-Forwarded-For: " + address() + "\r\n";
        for (int left = REQUESTS - 1; left >= 0; left--) {
            Heard heard = get("/v1/nothing", headers);
            assertThat(heard.status()).isEqualTo(404);
            assertThat(heard.header("X-RateLimit-Limit")).isEqualTo("" + REQUESTS);
            assertThat(heard.header("X-RateLimit-Remaining")).isEqualTo("" + left);
            assertThat(Integer.parseInt(heard.header("X-RateLimit-Reset"))).isBetween(1, 60);
            assertThat(heard.header("RateLimit-Policy")).isEqualTo("\"global\";q=%d;w=60".formatted(REQUESTS));
            assertThat(heard.header("RateLimit")).startsWith("\"global\";r=%d;t=".formatted(left));
        }
        Heard over = get("/v1/nothing", headers);
        refused(over, 429, "RATE_LIMITED");
        assertThat(over.header("X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(breaches("requests_global")).isPositive();
        assertThat(get("/v1/nothing", "X-Forwarded-For: " + address() + "\r\n").status())
                .isEqualTo(404);
        for (int i = 0; i < 2 * REQUESTS; i++) {
            assertThat(get("/health", headers).status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("SP-26: credentials that are none are counted, and too many are not looked at")
    void attemptsOfAnAddressAreCounted() {
        String address = address();
        for (int i = 0; i < 3; i++) {
            assertThat(events("nonsense", address).status()).isEqualTo(401);
        }
        assertThat(events("nonsense", address).text()).contains("RATE_LIMITED").doesNotContain("AUTH_FAILED");
        assertThat(stage.gateway
                        .meters()
                        .get("rowcast.auth.failures")
                        .tag("code", "AUTH_FAILED")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    @DisplayName("T13: ten thousand SUBSCRIBE are answered with errors and then closed with 4002")
    void aFloodOfSubscribesIsClosed() {
        try (SocketClient client =
                SocketClient.open(stage.gateway.port(), "/v1/socket?token=" + token("flood", "flooding"))) {
            client.next("WELCOME");
            try {
                for (int i = 0; i < 10_000 && !client.isClosed(); i++) {
                    client.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"vault:" + i % 100 + "\"]}}");
                }
            } catch (java.util.concurrent.CompletionException e) {
                assertThat(e).hasRootCauseInstanceOf(java.io.IOException.class);
            }
            assertThat(client.next("ERROR")).contains("RATE_LIMITED").contains("retryAfterMs");
            assertThat(client.closeCode()).isEqualTo(4002);
        }
        assertThat(breaches("subscribes") + breaches("messages")).isPositive();
    }
}
