package dev.rowcast.gateway.edge;

import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;

/// Where a client puts its key or token. Browsers cannot send headers with `EventSource` and `WebSocket`, so
/// the query is looked at too, and masked in logs.
public final class Credentials {

    private static final List<String> HEADERS = List.of("apikey", "api-key", "X-API-Key");
    private static final List<String> PARAMETERS = List.of("apikey", "token");
    private static final String BEARER = "Bearer ";

    private Credentials() {}

    /// The first that the request carries; empty when it carries none.
    public static String of(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        for (String name : HEADERS) {
            String value = headers.getFirst(name);
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).strip();
        }
        MultiValueMap<String, String> query = request.getQueryParams();
        for (String name : PARAMETERS) {
            String value = query.getFirst(name);
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return "";
    }

    /// The query without the values of credentials, for logs.
    static String masked(String query) {
        return query.replaceAll("(?i)(^|&)(apikey|token|ticket)=[^&]*", "$1$2=***");
    }
}
