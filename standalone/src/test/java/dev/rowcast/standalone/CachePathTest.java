package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.Cached;
import dev.rowcast.cache.Freshness;
import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.standalone.RunningStack.Running;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A cached value and its row, through every real part.
@ExtendWith(RunningStack.class)
@Timeout(120)
class CachePathTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final CacheKey KEY = new CacheKey(new TenantId("demo"), "vault:2:sources", "titles");
    private static final int CHANGES = 40;
    private static final int MOST_ASKED = 300;

    private final Running running;
    private final RedisLink redis;
    private final Cache cache;
    private Connection reader;

    CachePathTest(Running running) {
        this.running = running;
        redis = RedisLink.open(RedisConfig.of(running.at().redis().orElseThrow()));
        cache = new Cache(
                Optional.of(new SharedCache(redis, SharedCacheConfig.DEFAULTS)),
                Optional.empty(),
                CacheConfig.DEFAULTS,
                new SimpleMeterRegistry());
    }

    @BeforeEach
    void connect() throws SQLException {
        DatabaseUrl database = running.at().database();
        reader = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        reader.setAutoCommit(false);
        reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        reader.setReadOnly(true);
    }

    @AfterEach
    void disconnect() throws SQLException {
        reader.close();
        redis.close();
    }

    @Test
    @DisplayName("P5: what is cached has everything that was committed longer ago than its reader allows")
    void aCachedValueIsNeverStalerThanItsReaderAllows() throws Exception {
        await().atMost(PATIENCE).until(() -> read().status().isHit());
        List<Long> committedNanos = new CopyOnWriteArrayList<>();
        change(0);
        committedNanos.add(System.nanoTime());
        List<String> stale = new ArrayList<>();
        long hits = 0;
        int late = 0;
        for (int number = 1; number <= CHANGES; number++) {
            change(number);
            committedNanos.add(System.nanoTime());
            boolean seen = false;
            while (!seen) {
                long began = System.nanoTime();
                Cached answer = read();
                int value = Integer.parseInt(new String(answer.value(), StandardCharsets.UTF_8));
                hits += answer.status().isHit() ? 1 : 0;
                int due = due(committedNanos, began - BOUND.toNanos());
                if (value < due) {
                    stale.add("%s has %d and not %d".formatted(answer.status(), value, due));
                }
                seen = value == number;
                assertThat(began - committedNanos.getLast()).isLessThan(PATIENCE.toNanos());
            }
            late += System.nanoTime() - committedNanos.getLast() > BOUND.toNanos() ? 1 : 0;
        }

        assertThat(stale).isEmpty();
        assertThat(hits).isPositive();
        // Whoever reads just before the bound is over has the answer after it, and machines stand still at times.
        assertThat(late).isLessThanOrEqualTo(CHANGES / 10);
        await().atMost(PATIENCE).until(() -> read().status().isHit());
    }

    @Test
    @DisplayName("P5: the xid of a message is the transaction that an answer of any gateway has to have")
    void aMessageSaysWhatAnAnswerMustHave() throws Exception {
        String[] alice = running.as("alice");
        try (EventStream stream = EventStream.open(running.at().gateway(), "channel=vault:3", "", alice);
                HttpClient client = HttpClient.newHttpClient()) {
            stream.await("SUBSCRIBED");
            String title = "After " + UUID.randomUUID();
            running.sql("update sources set title = '%s' where id = (select min(id) from sources where vault_id = 3)"
                    .formatted(title));
            String xid = stream.await("INVALIDATE").json().path("xid").asString("");
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(running.at().gateway() + "/v1/entities/source?channel=vault:3"))
                    .header("X-After", xid)
                    .headers(alice)
                    .build();

            assertThat(client.send(request, BodyHandlers.ofString()).body()).contains(title);
            try (Statement statement = reader.createStatement()) {
                assertThat(text(statement, "select xmin from sources where title = '%s'".formatted(title)))
                        .isEqualTo(xid);
            }
        }
    }

    @Test
    @DisplayName("The canary of the gateway reads what it is to read, from the caches, and finds nothing stale")
    void theCanaryFindsNothingStale() throws Exception {
        await().atMost(PATIENCE).until(() -> metric("reads_total", "HIT-L1") > 0);
        for (int change = 1; change <= 3; change++) {
            double missed = metric("reads_total", "MISS");
            // As capture does it each 10 s.
            running.sql("update rowcast.heartbeat set redis_ms = redis_ms + 1 where id = 2");
            await().atMost(PATIENCE).until(() -> metric("reads_total", "MISS") > missed);
        }
        double hits = metric("reads_total", "HIT-L1");
        double longerThanTheBound = 4.0 * (BOUND.toSeconds() + 1);
        await().atMost(PATIENCE).until(() -> metric("reads_total", "HIT-L1") > hits + longerThanTheBound);

        assertThat(metric("stale_total", "")).isZero();
        assertThat(get("/actuator/health")).contains("\"canary\"", "\"watching\"");
    }

    /// @param status empty for what has none
    private double metric(String name, String status) throws Exception {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith("rowcast_cache_canary_" + name) && line.contains(status))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private String get(String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(running.at().management() + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    @DisplayName(
            "SY-26: the example's own addresses answer whole rows, from a cache that forgets what changes, and 100 times")
    void theApplicationsOwnAddresses() throws Exception {
        // Another address than that of everybody else's requests, who are not to be out of breath after this.
        try (HttpClient client = HttpClient.newBuilder()
                .localAddress(InetAddress.getByName("127.0.0.2"))
                .build()) {
            running.sql("update vaults set owner_id = 'mira' where id = 1");
            List<HttpResponse<String>> answers = new ArrayList<>();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
                answers.add(get(client, "/vault/1"));
                return answers.getLast().body().contains("\"owner_id\":\"mira\"");
            });
            assertThat(answers.getLast().body())
                    .matches("\\{\"id\":1,\"title\":\"[^\"]+\",\"owner_id\":\"mira\",\"created_at\":\"[^\"]+\"}");
            answers.add(get(client, "/vault/1/sources?page=1&limit=2"));
            assertThat(answers.getLast().body()).contains("\"pagination\"");
            HttpResponse<String> answer = get(client, "/vault/1");
            while (answer.statusCode() == 200 && answers.size() < MOST_ASKED) {
                answers.add(answer);
                answer = get(client, "/vault/1");
            }
            // What Redis was too slow to count was counted by the gateway alone, and says so.
            assertThat(answers).hasSizeGreaterThanOrEqualTo(100);
            assertThat(answers.stream()
                            .filter(each -> each.headers()
                                    .firstValue("X-RateLimit-Degraded")
                                    .isEmpty()))
                    .hasSizeLessThanOrEqualTo(100);
            for (String path : List.of("/vault/1", "/vault/2", "/vault/1/sources")) {
                HttpResponse<String> refused = get(client, path);
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.body()).contains("\"error\":\"Too many requests\"");
                assertThat(refused.headers().firstValue("X-RateLimit-Limit")).hasValue("100");
            }
            assertThat(get(client, "/v1/entities/vault/1").statusCode()).isEqualTo(200);
        }
    }

    private HttpResponse<String> get(HttpClient client, String path) throws Exception {
        URI gateway = URI.create(running.at().gateway());
        URI uri = URI.create("http://127.0.0.1:" + gateway.getPort() + path);
        return client.send(
                HttpRequest.newBuilder(uri).header("apikey", "pk_demo").build(), HttpResponse.BodyHandlers.ofString());
    }

    /// The last change that was committed before this time.
    private static int due(List<Long> committedNanos, long before) {
        int due = 0;
        for (int number = 0; number < committedNanos.size(); number++) {
            if (committedNanos.get(number) - before < 0) {
                due = number;
            }
        }
        return due;
    }

    private Cached read() throws SQLException {
        return cache.get(KEY, Freshness.within(BOUND), this::load);
    }

    private Loaded load() throws SQLException {
        try (Statement statement = reader.createStatement()) {
            Snapshot snapshot = Snapshot.parse(text(statement, "select pg_current_snapshot()"));
            String title = text(
                    statement,
                    "select coalesce(substring(max(title) from 'Cached (\\d+)'), '0')"
                            + " from sources where vault_id = 2 and url = 'https://cached.example/'");
            return new Loaded(title.getBytes(StandardCharsets.UTF_8), snapshot);
        } finally {
            reader.rollback();
        }
    }

    private static String text(Statement statement, String select) throws SQLException {
        try (ResultSet row = statement.executeQuery(select)) {
            row.next();
            return row.getString(1);
        }
    }

    private void change(int number) {
        running.sql(
                number == 0
                        ? "insert into sources (site_id, vault_id, title, url) values"
                                + " ('demo', 2, 'Cached 0', 'https://cached.example/')"
                        : "update sources set title = 'Cached %d' where url = 'https://cached.example/'"
                                .formatted(number));
    }
}
