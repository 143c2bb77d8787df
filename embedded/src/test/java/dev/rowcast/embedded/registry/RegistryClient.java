package dev.rowcast.embedded.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A plain client of the API.
public record RegistryClient(String url) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    /// An answer of the registry.
    public record Answer(int status, String mediaType, JsonNode json) {
        int errorCode() {
            return json.path("error_code").asInt(0);
        }
    }

    /// The id that the schema got.
    public int register(String subject, String schema) throws IOException, InterruptedException {
        var answer = send("POST", "/subjects/" + subject + "/versions", body(schema));
        if (answer.status() != 200) {
            throw new IOException(answer.toString());
        }
        return answer.json().path("id").asInt();
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    Answer send(String method, String path, String body) throws IOException, InterruptedException {
        return send(method, path, body, "application/vnd.schemaregistry.v1+json");
    }

    Answer send(String method, String path, String body, String mediaType) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .method(method, BodyPublishers.ofString(body))
                .header("Content-Type", mediaType)
                .build();
        HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                JSON.readTree(response.body()));
    }

    static String body(String schema) {
        return JSON.createObjectNode().put("schema", schema).toString();
    }
}
