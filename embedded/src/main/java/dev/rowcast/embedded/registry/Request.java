package dev.rowcast.embedded.registry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One request, taken apart.
///
/// @param path its segments, decoded
record Request(String method, List<String> path, Map<String, String> query, byte[] body) {
    private static final Set<String> MEDIA_TYPES = Set.of(
            "application/vnd.schemaregistry.v1+json",
            "application/vnd.schemaregistry+json",
            "application/json",
            "application/octet-stream");

    static Request of(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        byte[] body = exchange.getRequestBody().readNBytes(RegistryServer.BODY_LIMIT_BYTES + 1);
        if (body.length > RegistryServer.BODY_LIMIT_BYTES) {
            throw RegistryException.tooLarge(RegistryServer.BODY_LIMIT_BYTES);
        }
        requireMediaType(body, Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type")));
        var path = Stream.of(uri.getRawPath().split("/"))
                .filter(segment -> !segment.isEmpty())
                .map(segment -> decode(segment.replace("+", "%2B")))
                .toList();
        return new Request(exchange.getRequestMethod(), path, query(uri.getRawQuery()), body);
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(query.getOrDefault(name, "false"));
    }

    JsonNode json() {
        try {
            JsonNode node = JsonMapper.shared().readTree(body);
            if (!node.isObject()) {
                throw RegistryException.notJson("an object is needed");
            }
            return node;
        } catch (JacksonException e) {
            throw RegistryException.notJson(e.getOriginalMessage());
        }
    }

    String text(String field) {
        JsonNode value = json().path(field);
        if (!value.isString()) {
            throw RegistryException.notJson("field '" + field + "' must be a string");
        }
        return value.asString();
    }

    /// The schema of the body, refused when it is something that this registry does not keep.
    String schema() {
        JsonNode json = json();
        String type = json.path("schemaType").asString("AVRO");
        if (!type.equals("AVRO")) {
            throw RegistryException.invalidSchema(
                    "schemaType '" + type + "' is not supported, the embedded registry keeps AVRO only");
        }
        for (String unsupported : List.of("references", "metadata", "ruleSet")) {
            JsonNode value = json.path(unsupported);
            if (!value.isNull() && !value.isEmpty()) {
                throw RegistryException.invalidSchema(
                        "'" + unsupported + "' is not supported by the embedded registry");
            }
        }
        return text("schema");
    }

    /// Web pages can send other types to a local port without asking; a body must be declared as what it is.
    private static void requireMediaType(byte[] body, Optional<String> header) {
        String type = header.orElse("application/json").split(";", -1)[0].strip();
        if (body.length > 0 && !MEDIA_TYPES.contains(type)) {
            throw RegistryException.mediaType(type);
        }
    }

    private static Map<String, String> query(@Nullable String raw) {
        return raw == null
                ? Map.of()
                : Stream.of(raw.split("&"))
                        .map(pair -> pair.split("=", 2))
                        .collect(Collectors.toMap(
                                pair -> decode(pair[0]), pair -> pair.length == 2 ? decode(pair[1]) : "", (a, b) -> b));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RegistryException.noPath();
        }
    }
}
