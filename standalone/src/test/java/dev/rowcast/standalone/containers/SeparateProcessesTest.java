package dev.rowcast.standalone.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisInfo;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Ports;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.RedisCluster;
import dev.rowcast.embedded.junit.NeedsParts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Starts the three services as the compose file and the images start them: processes of their own, with those entry
/// points, variables, roles and health checks. Only the addresses are the embedded parts', and Redis is a cluster,
/// since
/// every other test has one server.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SeparateProcessesTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern METRIC = Pattern.compile("\\browcast_\\w+");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration REDIS_PATIENCE = Duration.ofSeconds(5);

    private final ComposeFile compose = ComposeFile.of(HOME);
    private final ImageFile images = new ImageFile(HOME);
    private final Map<String, ServiceProcess> running = new LinkedHashMap<>();
    private final Postgres.Database database;
    private final EmbeddedParts parts;
    private RedisCluster redis;

    SeparateProcessesTest(EmbeddedParts parts) {
        this.parts = parts;
        this.database = parts.postgres().freshDatabase();
    }

    @BeforeAll
    void startEverything(@TempDir Path folder, @TempDir Path redisFolder) throws Exception {
        redis = RedisCluster.start(redisFolder, 3, 0);
        for (String script : new String[] {"infra/postgres/setup", "examples/vaults/schema", "examples/vaults/data"}) {
            execute(Files.readString(HOME.resolve(script + ".sql")));
        }
        execute(Files.readString(HOME.resolve("infra/postgres/role.sql")));
        // What passwords.sql does, which is written for psql.
        for (String role : new String[] {"capture", "reader"}) {
            execute("alter role rowcast_%s password '%s'"
                    .formatted(role, compose.samples().get("ROWCAST_" + role.toUpperCase(Locale.ROOT) + "_PASSWORD")));
        }
        for (var service : compose.ours()) {
            var environment = new LinkedHashMap<>(images.environment(service.name()));
            environment.putAll(service.environment());
            environment.replaceAll((name, value) -> here(name, value, folder));
            running.put(
                    service.name(),
                    ServiceProcess.start(service.name(), images.entryPoint(service.name()), environment, folder));
        }
        running.forEach((name, service) -> await(name)
                .atMost(PATIENCE)
                .until(() -> service.answers(images.healthCheck(name).getLast())));
    }

    /// A value of the compose file, with the addresses of this machine.
    private String here(String name, String value, Path folder) {
        return switch (name) {
            case "DATABASE_URL" ->
                value.replace("@postgres:5432/app", "@127.0.0.1:%d/%s".formatted(database.port(), database.name()));
            case "KAFKA_BOOTSTRAP_SERVERS" ->
                value.replace("kafka:9092", parts.kafka().bootstrapServers());
            case "SCHEMA_REGISTRY_URL" ->
                value.replace(
                        "http://registry:8080/apis/ccompat/v7", parts.registry().url());
            case "REDIS_URL" -> redis.url();
            case "ROWCAST_CATALOG" ->
                HOME.resolve("examples/vaults/rowcast.yaml").toString();
            case "ROWCAST_LIMITS" -> HOME.resolve("examples/vaults/limits.yaml").toString();
            case "ROWCAST_PAGE" -> HOME.resolve("examples/vaults/page").toString();
            case "ROWCAST_STREAMS_STATE_DIR" -> folder.resolve("streams").toString();
            case "ROWCAST_PORT", "ROWCAST_MANAGEMENT_PORT" -> Integer.toString(Ports.free());
            default -> value;
        };
    }

    @AfterAll
    void theServicesEndWithinThePatienceOfTheComposeFile() throws Exception {
        String patience =
                compose.service("gateway").node().path("stop_grace_period").asString();
        try {
            for (var service : running.values()) {
                assertThat(service.stop(Duration.parse("PT" + patience)))
                        .as(service.name())
                        .isTrue();
            }
        } finally {
            running.values().forEach(ServiceProcess::close);
            redis.close();
        }
    }

    @Test
    @DisplayName("RX-10, SY-42: a change goes through three processes to a client, with roles that own nothing")
    void aChangeReachesAClient() throws Exception {
        URI stream =
                Objects.requireNonNull(running.get("gateway")).here("http://127.0.0.1:8080/v1/events?channel=vault:1");
        var request = HttpRequest.newBuilder(stream).header("apikey", "pk_demo").build();
        try (var client = HttpClient.newHttpClient()) {
            // The topology may hear of who wants to know before it has read that the key may.
            await().atMost(PATIENCE).until(() -> {
                try (Stream<String> lines =
                        client.send(request, BodyHandlers.ofLines()).body()) {
                    return awaitEvent(lines.iterator(), "SUBSCRIBED").contains("\"count\":1");
                }
            });
            Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body();
            Iterator<String> received = lines.iterator();
            awaitEvent(received, "SUBSCRIBED");

            execute("update public.sources set title = 'through three processes' where id = 1");

            awaitEvent(received, "INVALIDATE");
            client.shutdownNow();
        }
    }

    @Test
    @DisplayName("P5, SY-15: what is read is kept in a Redis Cluster, and forgotten when it changes")
    void whatIsReadIsKeptUntilItChanges() throws Exception {
        var sources = Objects.requireNonNull(running.get("gateway"))
                .here("http://127.0.0.1:8080/v1/entities/source?channel=vault:1");
        try (var client = HttpClient.newHttpClient()) {
            awaitHit(client, sources);

            execute("update public.sources set title = 'from three processes' where vault_id = 1");

            await().atMost(PATIENCE).until(() -> read(client, sources).body().contains("from three processes"));
            awaitHit(client, sources);
        }
        assertThat(RedisInfo.read(RedisConfig.of(redis.url()).withTimeout(REDIS_PATIENCE)))
                .as("a cache partition has a slot of its own, so each server has some")
                .hasSize(3)
                .allSatisfy(server -> assertThat(server.says()).containsKey("db0"));
    }

    private static void awaitHit(HttpClient client, URI address) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpHeaders headers = read(client, address).headers();
            assertThat(headers.firstValue("X-Cache"))
                    .as("%s", headers.allValues("Cache-Status"))
                    .hasValue("HIT-L1");
        });
    }

    private static HttpResponse<String> read(HttpClient client, URI address) throws Exception {
        return client.send(
                HttpRequest.newBuilder(address).header("apikey", "pk_demo").build(), BodyHandlers.ofString());
    }

    @Test
    void everyMetricThatAnAlertNamesExists() throws Exception {
        String rules = Files.readString(HOME.resolve("infra/prometheus/rules.yml"));
        var exposed = new StringBuilder();
        for (var service : running.values()) {
            exposed.append(service.get("http://127.0.0.1:8081/actuator/prometheus"));
        }

        var named = METRIC.matcher(rules).results().map(MatchResult::group).distinct();

        assertThat(named)
                .isNotEmpty()
                .allSatisfy(metric -> assertThat(exposed.toString()).containsPattern("(?m)^" + metric + "[{ ]"));
    }

    /// Reads lines until an event of the type has come; the class's time limit bounds the wait.
    ///
    /// @return its data
    private static String awaitEvent(Iterator<String> received, String type) {
        String line = received.next();
        while (!line.replace(" ", "").equals("event:" + type)) {
            line = received.next();
        }
        while (!line.startsWith("data:")) {
            line = received.next();
        }
        return line;
    }

    private void execute(String sql) throws Exception {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
