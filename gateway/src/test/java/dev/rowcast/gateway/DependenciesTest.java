package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.faults.Proxy;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.Stage;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What clients and operators see when a server fails that the gateway depends on.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class DependenciesTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration SOON = Duration.ofSeconds(15);
    private static Proxy proxy;
    private static Stage stage;

    @BeforeAll
    static void set(Postgres postgres, Kafka kafka, Registry registry) throws Exception {
        Postgres.Database database = postgres.freshDatabase();
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(
                    "create table sources (id bigint primary key, site_id text, vault_id bigint, title text)");
        }
        proxy = new Proxy(postgres.port());
        DatabaseUrl url = new DatabaseUrl(
                "127.0.0.1", proxy.port(), database.name(), database.user(), database.password(), "sslmode=disable");
        stage = Stage.set(kafka, registry, config -> config.withDatabase(url));
    }

    @AfterAll
    static void close() throws Exception {
        stage.close();
        proxy.close();
    }

    @Test
    @DisplayName("SI-14, SI-22: without the database reads are refused with a code that passes, and streams go on")
    void withoutTheDatabaseOnlyReadsAreRefused() throws Exception {
        assertThat(read().statusCode()).isEqualTo(200);
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(postgres().path("answers").asBoolean()).isTrue());

        proxy.swallow(true);
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            asked.add(HTTP.sendAsync(request(), BodyHandlers.ofString()));
        }
        Duration fastest = tookReady();
        for (int i = 0; i < 2; i++) {
            fastest = Collections.min(List.of(fastest, tookReady()));
        }
        assertThat(fastest).isLessThan(Duration.ofSeconds(2));
        // Six of a tenant ask the database. The others wait for these as long as these wait for the database, so they
        // hear of either.
        for (CompletableFuture<HttpResponse<String>> answer : asked) {
            assertRefused(answer.get(), "(READS_UNAVAILABLE|OVERLOADED)");
        }
        // Of those that come now at most one is tried.
        List<CompletableFuture<HttpResponse<String>>> more = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            more.add(HTTP.sendAsync(request(), BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> answer : more) {
            assertRefused(answer.get(), "READS_UNAVAILABLE");
        }
        assertThat(postgres().path("degraded").asBoolean()).isTrue();
        assertThat(health().path("status").asString()).isEqualTo("UP");
        assertThat(get(stage.gateway.managementPort(), "/actuator/prometheus").body())
                .contains("rowcast_breaker{server=\"postgres\",service=\"gateway\",state=\"closed\"} 0.0")
                .contains("rowcast_breaker{server=\"registry\",service=\"gateway\",state=\"closed\"} 1.0")
                .containsPattern("rowcast_breaker_refused_total\\{server=\"postgres\",service=\"gateway\"} [1-9]");

        proxy.swallow(false);
        await().atMost(SOON).until(() -> read().statusCode() == 200);
    }

    @Test
    @DisplayName("SI-14, SI-22: without the registry what is published is refused with the reason, and clients stay")
    void withoutTheRegistryNothingIsPublished(Kafka kafka, Registry registry) throws Exception {
        try (Proxy between = new Proxy(registry.port());
                Stage apart = Stage.withRegistryAt("http://127.0.0.1:" + between.port(), kafka, registry)) {
            between.swallow(true);
            HttpResponse<String> refused = publish(apart);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body())
                    .contains(
                            "\"code\":\"NOT_READY\"", "schema registry does not answer", "nothing of it is published");
            assertThat(get(apart.gateway.port(), "/health/ready").statusCode()).isEqualTo(200);

            between.swallow(false);
            await().atMost(SOON).until(() -> publish(apart).statusCode() == 202);
        }
    }

    private static Duration tookReady() throws Exception {
        long began = System.nanoTime();
        assertThat(get(stage.gateway.port(), "/health/ready").statusCode()).isEqualTo(200);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static HttpResponse<String> publish(Stage at) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.gateway.port() + "/v1/tenants/demo/events"))
                        .timeout(SOON)
                        .header("Authorization", "Bearer sk_demo")
                        .POST(HttpRequest.BodyPublishers.ofString("""
                                {"type": "content.published", "channels": ["site:7"]}"""))
                        .build(),
                BodyHandlers.ofString());
    }

    private static void assertRefused(HttpResponse<String> answer, String code) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).containsPattern("\"code\":\"" + code + "\",\"retryable\":true");
    }

    private static HttpResponse<String> read() throws Exception {
        return HTTP.send(request(), BodyHandlers.ofString());
    }

    private static HttpRequest request() {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + stage.gateway.port() + "/v1/entities/source?channel=vault:1"))
                .timeout(SOON)
                .header("apikey", "pk_demo")
                .build();
    }

    private static JsonNode postgres() throws Exception {
        return health().path("components").path("postgres").path("details");
    }

    private static JsonNode health() throws Exception {
        return JsonMapper.shared()
                .readTree(
                        get(stage.gateway.managementPort(), "/actuator/health").body());
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(SOON)
                        .build(),
                BodyHandlers.ofString());
    }
}
