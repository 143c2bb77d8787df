package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Which web pages may use the gateway from a browser: those that it serves itself, and those of listed origins. A
/// request that no page made has no `Origin` and passes; but not a WebSocket handshake with cookies, because only a
/// browser sends those.
///
/// A preflight shows no credential, so it is answered for the origins of all tenants together; the request that follows
/// is judged again when its tenant is known. A browser's cookie is allowed to listed origins where one can be a
/// credential: at event streams, when the operator has named it. Fails closed.
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
public final class CrossOrigin implements WebFilter {

    private static final String REASON = "Pages of origin '%s' may not use this gateway; an operator adds it to"
            + " ROWCAST_ORIGINS. Behind a proxy that ends TLS, ROWCAST_TRUSTED_PROXIES must be set.";
    private static final String METHODS = "GET, POST, DELETE";
    private static final String REQUEST_HEADERS =
            "apikey, api-key, X-API-Key, Authorization, Content-Type, Last-Event-ID, Idempotency-Key, If-None-Match,"
                    + " Cache-Control, X-After, traceparent, X-Request-Id";
    private static final String RESPONSE_HEADERS =
            "ETag, X-Cache, Cache-Status, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy,"
                    + " X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Degraded";
    private static final String PREFLIGHT_SECONDS = "600";
    private static final int LONGEST_SHOWN = 100;

    private final Origins origins;
    private final Proxies proxies;
    private final boolean cookies;

    /// @param cookies whether one can be a credential
    public CrossOrigin(Web web, Proxies proxies, boolean cookies) {
        this.origins = web.origins();
        this.proxies = proxies;
        this.cookies = cookies;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!isJudged(request)) {
            return chain.filter(exchange);
        }
        HttpHeaders answered = exchange.getResponse().getHeaders();
        answered.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        List<String> named = request.getHeaders().getOrEmpty(HttpHeaders.ORIGIN);
        if (named.isEmpty()) {
            return isHandshake(request) && request.getHeaders().containsHeader(HttpHeaders.COOKIE)
                    ? refuse(exchange, "none")
                    : chain.filter(exchange);
        }
        String origin = named.getFirst();
        if (named.size() == 1 && isOwn(request, origin)) {
            return chain.filter(exchange);
        }
        if (named.size() > 1 || !origins.anyLists(origin)) {
            return refuse(exchange, origin);
        }
        answered.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if (cookies && request.getPath().value().equals("/v1/events")) {
            answered.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if (isPreflight(request)) {
            answered.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            answered.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
            answered.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
            exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
            return exchange.getResponse().setComplete();
        }
        answered.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
        return chain.filter(exchange);
    }

    /// Why a page of the request's origin may not use this tenant; empty when it may, or no page made the request.
    Optional<String> problem(ServerWebExchange exchange, TenantId tenant) {
        ServerHttpRequest request = exchange.getRequest();
        String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
        if (origin == null || isOwn(request, origin) || origins.lists(origin, tenant)) {
            return Optional.empty();
        }
        exchange.getResponse().getHeaders().remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
        exchange.getResponse().getHeaders().remove(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS);
        return Optional.of(reason(origin));
    }

    private boolean isOwn(ServerHttpRequest request, String origin) {
        Optional<String> normal = Origins.normal(origin);
        return normal.isPresent() && normal.equals(proxies.ownOrigin(request));
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, String origin) {
        return Problems.write(exchange.getResponse(), ErrorCode.ORIGIN_REFUSED, reason(origin));
    }

    private static String reason(String origin) {
        return REASON.formatted(origin.length() > LONGEST_SHOWN ? origin.substring(0, LONGEST_SHOWN) + "…" : origin);
    }

    /// The page folder and health are for everybody, and tell nothing.
    private static boolean isJudged(ServerHttpRequest request) {
        return request.getPath().value().startsWith("/v1/") || isHandshake(request);
    }

    static boolean isHandshake(ServerHttpRequest request) {
        return request.getHeaders().getOrEmpty(HttpHeaders.UPGRADE).stream().anyMatch("websocket"::equalsIgnoreCase);
    }

    private static boolean isPreflight(ServerHttpRequest request) {
        return HttpMethod.OPTIONS.equals(request.getMethod())
                && request.getHeaders().containsHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }
}
