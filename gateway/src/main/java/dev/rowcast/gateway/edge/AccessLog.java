package dev.rowcast.gateway.edge;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// One line for each request, and for each stream at its handshake. Credentials in the address are masked.
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class AccessLog implements WebFilter {

    private static final Logger log = LoggerFactory.getLogger("dev.rowcast.gateway.access");
    private static final int FIRST_BAD_STATUS = 400;

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        long began = System.nanoTime();
        return chain.filter(exchange).doFinally(signal -> line(exchange, began));
    }

    private static void line(ServerWebExchange exchange, long began) {
        ServerHttpRequest request = exchange.getRequest();
        int status = Optional.ofNullable(exchange.getResponse().getStatusCode())
                .map(HttpStatusCode::value)
                .orElse(200);
        String query = Optional.ofNullable(request.getURI().getRawQuery()).orElse("");
        InetSocketAddress remote = request.getRemoteAddress();
        (status < FIRST_BAD_STATUS ? log.atInfo() : log.atWarn())
                .addKeyValue("method", request.getMethod())
                .addKeyValue("path", request.getURI().getRawPath())
                .addKeyValue("query", Credentials.masked(query))
                .addKeyValue("status", status)
                .addKeyValue("durationMs", (System.nanoTime() - began) / 1_000_000)
                .addKeyValue("remote", remote == null ? "" : remote.getHostString())
                .log("Request");
    }
}
