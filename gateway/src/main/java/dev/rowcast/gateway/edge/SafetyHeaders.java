package dev.rowcast.gateway.edge;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// What every response tells browsers not to do. `X-XSS-Protection` is switched off, because the filter that it once
/// switched on could itself be used to take pages apart.
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public final class SafetyHeaders implements WebFilter {

    /// A page may load and call what is of its own origin.
    private static final String PAGE_POLICY =
            "default-src 'self'; base-uri 'none'; form-action 'self';" + " object-src 'none'; frame-ancestors 'none'";

    /// What is not a page loads nothing.
    private static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

    private static final String A_YEAR = "max-age=31536000";

    private final Proxies proxies;

    public SafetyHeaders(Proxies proxies) {
        this.proxies = proxies;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        boolean data = isData(request.getPath().value());
        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.set("Content-Security-Policy", data ? DATA_POLICY : PAGE_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("X-XSS-Protection", "0");
        headers.set("Referrer-Policy", "no-referrer");
        if (data) {
            headers.setCacheControl("no-store");
        }
        if (proxies.isSecure(request)) {
            headers.set("Strict-Transport-Security", A_YEAR);
        }
        return chain.filter(exchange);
    }

    private static boolean isData(String path) {
        return path.startsWith("/v1/") || path.equals("/health") || path.startsWith("/health/");
    }
}
