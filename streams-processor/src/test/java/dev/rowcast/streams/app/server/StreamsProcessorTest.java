package dev.rowcast.streams.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

@NeedsParts({Part.KAFKA, Part.REDIS, Part.REGISTRY})
class StreamsProcessorTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Kafka kafka;
    private final Redis redis;
    private final Registry registry;
    private final Path folder;

    StreamsProcessorTest(Kafka kafka, Redis redis, Registry registry, @TempDir Path folder) throws Exception {
        this.kafka = kafka;
        this.redis = redis;
        this.registry = registry;
        this.folder = folder;
        Files.writeString(folder.resolve("rowcast.yaml"), """
                source: app
                tenancy: {column: site_id}
                channels: {vault: {access: tenant}}
                tables: {public.sources: {entity: source, channels: ["vault:{vault_id}"]}}
                """);
    }

    @Test
    void theProcessMakesItsTopicsAndSaysWhenItIsReady() throws Exception {
        try (ConfigurableApplicationContext context = start("a secret of sixteen bytes or more")) {
            String port = context.getEnvironment().getRequiredProperty("local.server.port");

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> get(port, "health/readiness").startsWith("200"));
            assertThat(get(port, "prometheus")).contains("rowcast_streams_ready 1.0", "rowcast_hop_seconds");
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            get(port, "prometheus").contains("rowcast_evictor_watermark_age_seconds{partition=\"7\"}"));
            // It reads the log again from a while ago, beside everything else that starts.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(get(port, "health"))
                            .contains("\"evictor\":{\"details\":{\"degraded\":false,\"breaker\":\"CLOSED\"}"));
            assertThat(get(port, "env")).startsWith("404");
            assertThat(get(port, "audience")).startsWith("200").contains("\"partition\":7");
            assertThat(get(port, "explain/0123456789abcdef-0123456789abcdef-0"))
                    .startsWith("404")
                    .contains("\"code\":\"EVENT_NOT_FOUND\"");
            assertThat(get(port, "explain/1?principal=alice"))
                    .startsWith("400")
                    .contains("\"code\":\"INVALID_PRINCIPAL\"");
        }
    }

    @Test
    void withoutACursorSecretItDoesNotStart() {
        assertThatThrownBy(() -> start("").close()).hasStackTraceContaining("ROWCAST_CURSOR_SECRET");
    }

    private ConfigurableApplicationContext start(String secret) {
        return StreamsProcessor.start(
                "--server.port=0",
                "--rowcast.streams.bootstrap-servers=" + kafka.bootstrapServers(),
                "--rowcast.streams.registry-url=" + registry.url(),
                "--rowcast.streams.catalog=" + folder.resolve("rowcast.yaml"),
                "--rowcast.streams.cursor-secret=" + secret,
                "--rowcast.streams.redis-url=" + redis.url(),
                "--rowcast.streams.state-dir=" + folder.resolve("state"));
    }

    private static String get(String port, String endpoint) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint);
        var response = HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
