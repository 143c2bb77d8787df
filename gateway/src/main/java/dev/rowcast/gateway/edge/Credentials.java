package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Presented;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;

/// Where a client puts its credential. Browsers cannot send headers with `EventSource` and `WebSocket`, so there the
/// address is looked at too, and masked in logs.
///
/// @param cookie the name of a cookie that holds a key or token; empty when none does
public record Credentials(Optional<String> cookie) {

    private static final List<String> HEADERS = List.of("apikey", "api-key", "X-API-Key");
    private static final List<String> PARAMETERS = List.of("apikey", "token");
    private static final String TICKET = "ticket";
    private static final Set<String> HIDDEN = Set.of("apikey", "token", TICKET);
    private static final String BEARER = "Bearer ";

    /// What a site that is not known to be the page's own counts as: no ticket is for it.
    private static final String FOREIGN = "null";

    /// The first that a request carries which is answered at once. Its address counts for nothing, but who leaks
    /// a secret key there is told so.
    Presented ofRequest(ServerHttpRequest request) {
        return inHeaders(request)
                .or(() -> inAddress(request).filter(Presented::isSecretKey))
                .orElse(Presented.NONE);
    }

    /// The first that a request carries which wants to stay connected. Such a request may also show a ticket, and, when
    /// it is no WebSocket's, a cookie.
    Presented ofConnection(ServerHttpRequest request) {
        return inHeaders(request)
                .or(() -> ticket(request))
                .or(() -> inAddress(request))
                .or(() -> inCookie(request))
                .orElse(Presented.NONE);
    }

    private static Optional<Presented> inHeaders(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        for (String name : HEADERS) {
            String value = headers.getFirst(name);
            if (value != null && !value.isBlank()) {
                return Optional.of(Presented.apart(value));
            }
        }
        String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
        return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? Optional.of(Presented.apart(authorization.substring(BEARER.length())))
                : Optional.empty();
    }

    private static Optional<Presented> ticket(ServerHttpRequest request) {
        return parameter(request, TICKET).map(text -> Presented.ticket(text, origin(request)));
    }

    private static Optional<Presented> inAddress(ServerHttpRequest request) {
        return PARAMETERS.stream()
                .flatMap(name -> parameter(request, name).stream())
                .findFirst()
                .map(Presented::inAddress);
    }

    /// A browser sends a cookie whoever made the page, so the page's origin must be known: its own, or one that the
    /// list of origins is asked about.
    private Optional<Presented> inCookie(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        boolean known = "same-origin".equals(headers.getFirst("Sec-Fetch-Site"))
                || headers.getFirst(HttpHeaders.ORIGIN) != null;
        return cookie.filter(name -> known && headers.getFirst(HttpHeaders.UPGRADE) == null)
                .flatMap(name -> Optional.ofNullable(request.getCookies().getFirst(name)))
                .map(HttpCookie::getValue)
                .map(Presented::apart);
    }

    /// Of the page that made the request; empty when no page did, or one of the gateway's own.
    static Optional<String> origin(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        String site = Optional.ofNullable(headers.getFirst("Sec-Fetch-Site")).orElse("none");
        return Optional.ofNullable(headers.getFirst(HttpHeaders.ORIGIN))
                .map(text -> text.toLowerCase(Locale.ROOT))
                .or(() -> site.equals("none") || site.equals("same-origin") ? Optional.empty() : Optional.of(FOREIGN));
    }

    private static Optional<String> parameter(ServerHttpRequest request, String name) {
        MultiValueMap<String, String> query = request.getQueryParams();
        return Optional.ofNullable(query.getFirst(name)).filter(text -> !text.isBlank());
    }

    /// The query without credentials, for logs. Names are read as the request is, so that no spelling of one hides it;
    /// what looks like a key or token is hidden under any name.
    static String masked(String query) {
        return Stream.of(query.split("&", -1)).map(Credentials::maskedParameter).collect(Collectors.joining("&"));
    }

    private static String maskedParameter(String parameter) {
        int equals = parameter.indexOf('=');
        String name = parameter.substring(0, Math.max(0, equals));
        String value = decoded(parameter.substring(equals + 1));
        boolean hide = HIDDEN.contains(decoded(name).toLowerCase(Locale.ROOT))
                || value.startsWith("pk_")
                || value.startsWith("sk_")
                || value.startsWith("eyJ");
        return hide ? name + "=***" : parameter;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8).strip();
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
