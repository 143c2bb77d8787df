package dev.rowcast.gateway.edge;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
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

    /// One that every answer has.
    static final String MARK = "X-Content-Type-Options";

    /// What an answer has that is not a page.
    static final SequencedMap<String, String> OF_DATA = with(DATA_POLICY, Map.of("Cache-Control", "no-store"));

    private static final SequencedMap<String, String> OF_A_PAGE = with(PAGE_POLICY, Map.of());

    private static SequencedMap<String, String> with(String policy, Map<String, String> more) {
        SequencedMap<String, String> all = new LinkedHashMap<>();
        all.put("Content-Security-Policy", policy);
        all.put(MARK, "nosniff");
        all.put("X-Frame-Options", "DENY");
        all.put("X-XSS-Protection", "0");
        all.put("Referrer-Policy", "no-referrer");
        all.putAll(more);
        return Collections.unmodifiableSequencedMap(all);
    }

    private final Proxies proxies;

    public SafetyHeaders(Proxies proxies) {
        this.proxies = proxies;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        boolean data = isData(request.getPath().value());
        HttpHeaders headers = exchange.getResponse().getHeaders();
        (data ? OF_DATA : OF_A_PAGE).forEach(headers::set);
        if (proxies.isSecure(request)) {
            headers.set("Strict-Transport-Security", A_YEAR);
        }
        return chain.filter(exchange);
    }

    private static boolean isData(String path) {
        return path.startsWith("/v1/") || path.equals("/health") || path.startsWith("/health/");
    }
}
