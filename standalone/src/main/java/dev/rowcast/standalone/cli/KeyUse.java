package dev.rowcast.standalone.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// When keys were last used, as a gateway tells operators.
final class KeyUse {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private KeyUse() {}

    /// @param gateway its port for operators; empty when none is known
    /// @return the time by the key's id; empty when nobody answers
    static Optional<Map<String, String>> ask(Optional<String> gateway) {
        if (gateway.isEmpty()) {
            return Optional.empty();
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.get()).resolve("/actuator/keys"))
                .timeout(PATIENCE)
                .build();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            JsonNode answer = JsonMapper.shared()
                    .readTree(http.send(request, BodyHandlers.ofString()).body());
            Map<String, String> used = new HashMap<>();
            for (JsonNode key : answer.path("keys")) {
                if (key.hasNonNull("lastUsed")) {
                    used.put(key.path("id").asString(""), key.path("lastUsed").asString(""));
                }
            }
            return Optional.of(used);
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
