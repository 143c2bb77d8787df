package dev.rowcast.standalone.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a streams processor, and the others that it names where it does not know.
final class Processor {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MOST_ASKED = 32;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    /// @param base URL of its port for operators
    /// @throws RefusedException when it is none
    Processor(String base) {
        if (!isUrl(base)) {
            throw new RefusedException(
                    "'%s' is no URL of a streams processor; write http://host:8081 [INVALID_PROCESSOR]".formatted(base),
                    BAD_REQUEST);
        }
        this.base = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    /// What it did not answer; [#exitCode] says whose fault that is.
    static final class RefusedException extends RuntimeException {

        private final int status;

        private RefusedException(String message, int status) {
            super(message);
            this.status = status;
        }

        /// 2 for bad input, 3 for what is not found, 1 for anything else.
        int exitCode() {
            return switch (status) {
                case BAD_REQUEST -> 2;
                case NOT_FOUND -> 3;
                default -> 1;
            };
        }
    }

    /// @param path below `/actuator/`, encoded
    /// @param query without values that are empty
    /// @throws RefusedException when nobody answers it
    JsonNode ask(String path, Map<String, String> query) throws InterruptedException {
        String suffix = "/actuator/" + path + query(query);
        Deque<String> left = new ArrayDeque<>();
        Set<String> asked = new LinkedHashSet<>();
        left.add(base);
        RefusedException last = null;
        while (!left.isEmpty() && asked.size() < MOST_ASKED) {
            String next = left.remove();
            if (!asked.add(next)) {
                continue;
            }
            try {
                HttpResponse<String> response = get(next, suffix);
                JsonNode body = json(next, response);
                if (response.statusCode() == 200) {
                    return body;
                }
                RefusedException refused = refused(response.statusCode(), body);
                if (response.statusCode() != NOT_FOUND) {
                    throw refused;
                }
                body.path("elsewhere").forEach(url -> {
                    if (isUrl(url.asString(""))) {
                        left.add(url.asString(""));
                    }
                });
                last = refused;
            } catch (IOException e) {
                last = new RefusedException(
                        "the streams processor does not answer at %s; start it, or say where one is: --processor URL [NO_PROCESSOR]"
                                .formatted(next),
                        0);
            }
        }
        throw last == null ? new RefusedException("nobody was asked [NO_PROCESSOR]", 0) : last;
    }

    private HttpResponse<String> get(String instance, String suffix) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(instance + suffix))
                .timeout(PATIENCE)
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(String instance, HttpResponse<String> response) {
        try {
            return JsonMapper.shared().readTree(response.body());
        } catch (JacksonException e) {
            throw new RefusedException(
                    "%s is no streams processor: it answers %d without JSON [NO_PROCESSOR]"
                            .formatted(instance, response.statusCode()),
                    0);
        }
    }

    private static RefusedException refused(int status, JsonNode problem) {
        String code = problem.path("code").asString("");
        return code.isEmpty()
                ? new RefusedException("the streams processor answers %d [NO_PROCESSOR]".formatted(status), 0)
                : new RefusedException(
                        "%s [%s]".formatted(problem.path("detail").asString(""), code), status);
    }

    private static boolean isUrl(String text) {
        try {
            URI url = new URI(text);
            return ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String query(Map<String, String> query) {
        String text = query.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
        return text.isEmpty() ? "" : "?" + text;
    }
}
