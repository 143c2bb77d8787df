package dev.rowcast.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.app.GatewayProcess.LogFormat;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.schemas.catalog.Catalog;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What whoever collects logs gets to read.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class JsonLogTest {

    @Test
    @DisplayName("SY-24: with ROWCAST_LOG=json a request is a JSON object on one line")
    void aRequestIsAnObjectOnOneLine(Kafka kafka, Registry registry) throws Exception {
        GatewayConfig config = GatewayConfig.of(
                        kafka.bootstrapServers(),
                        registry.url(),
                        Catalog.parse("test.yaml", """
                                source: logged
                                tenancy: {constant: default}
                                channels: {vault: {access: tenant}}
                                tables:
                                  public.vaults: {entity: vault, channels: ["vault:{id}"]}
                                """),
                        "a cursor secret for tests",
                        "a token secret for tests, 32 bytes long")
                .withPorts(0, 0);
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try (GatewayProcess gateway = GatewayProcess.start(config, Map.of(), LogFormat.JSON)) {
            RawSocket.exchange(
                    gateway.port(),
                    "GET /nothing-here?token=x%22%0a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                    Duration.ofSeconds(1));
            Awaitility.await().until(() -> said.toString(StandardCharsets.UTF_8).contains("nothing-here"));
        } finally {
            System.setOut(out);
        }

        JsonNode line = said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(each -> each.contains("nothing-here"))
                .map(JsonMapper.shared()::readTree)
                .findFirst()
                .orElseThrow();
        assertThat(OffsetDateTime.parse(line.get("@timestamp").asString())).isAfter(OffsetDateTime.MIN);
        assertThat(line.get("level").asString()).isEqualTo("WARN");
        assertThat(line.get("method").asString()).isEqualTo("GET");
        assertThat(line.get("path").asString()).isEqualTo("/nothing-here");
        assertThat(line.get("query").asString()).isEqualTo("token=***");
        assertThat(line.get("status").asInt()).isEqualTo(404);
        assertThat(line.get("durationMs").isIntegralNumber()).isTrue();
        assertThat(line.get("address").asString()).isEqualTo("127.0.0.1");
    }
}
