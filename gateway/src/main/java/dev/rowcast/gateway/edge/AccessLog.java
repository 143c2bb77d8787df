package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.channel.CloseCause;
import dev.rowcast.gateway.channel.Form;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.topic.RequestHeader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// One line for each request. A stream has one at its handshake, and one when it has ended. A refusal has its
/// code where the status does not tell it. Credentials are masked, and nothing that a client sends can begin a line of
/// its own.
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class AccessLog implements WebFilter {

    private static final Logger log = LoggerFactory.getLogger("dev.rowcast.gateway.access");
    private static final int FIRST_BAD_STATUS = 400;
    private static final String REFUSED = "rowcast.refused";
    private static final String CONNECTION = "rowcast.connection";

    private final Proxies proxies;

    public AccessLog(Proxies proxies) {
        this.proxies = proxies;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        long began = System.nanoTime();
        RequestId.assign(exchange);
        return chain.filter(exchange).doFinally(signal -> line(exchange, began));
    }

    /// The request is refused by an answer whose status sounds as if it were not.
    static void refused(ServerWebExchange exchange, ErrorCode code) {
        exchange.getAttributes().put(REFUSED, code);
    }

    /// The request becomes a connection of this id.
    static void becomes(ServerWebExchange exchange, String connection) {
        exchange.getAttributes().put(CONNECTION, connection);
    }

    private void line(ServerWebExchange exchange, long began) {
        ServerHttpRequest request = exchange.getRequest();
        int status = Optional.ofNullable(exchange.getResponse().getStatusCode())
                .map(HttpStatusCode::value)
                .orElse(200);
        String query = Optional.ofNullable(request.getURI().getRawQuery()).orElse("");
        Optional<ErrorCode> refused = Optional.ofNullable(exchange.getAttribute(REFUSED));
        LoggingEventBuilder line = (status < FIRST_BAD_STATUS && refused.isEmpty() ? log.atInfo() : log.atWarn())
                .addKeyValue("method", Printable.text(request.getMethod().name()))
                .addKeyValue("path", Printable.text(request.getURI().getRawPath()))
                .addKeyValue("query", Printable.query(query))
                .addKeyValue("status", status)
                .addKeyValue("durationMs", (System.nanoTime() - began) / 1_000_000)
                .addKeyValue("address", proxies.address(request))
                .addKeyValue(RequestHeader.LOGGED, RequestId.of(exchange));
        LoggingEventBuilder named = Optional.<String>ofNullable(exchange.getAttribute(CONNECTION))
                .map(connection -> line.addKeyValue("connection", connection))
                .orElse(line);
        refused.map(code -> named.addKeyValue("code", code)).orElse(named).log("Request");
    }

    /// The line of a request that could not be read, so nothing of it is told.
    static void unreadable(int status, SocketAddress from) {
        String address = from instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress()
                : Printable.text(String.valueOf(from));
        log.atWarn()
                .addKeyValue("status", status)
                .addKeyValue("address", address)
                .log("Unreadable request");
    }

    /// The other line of a socket that was opened only to tell why it is refused.
    static void refused(Form form, CloseCause cause, Duration lasted) {
        log.atInfo()
                .addKeyValue("form", form.name().toLowerCase(Locale.ROOT))
                .addKeyValue("cause", cause.label())
                .addKeyValue("durationMs", lasted.toMillis())
                .log("Connection refused");
    }

    /// The other line of a stream.
    static void ended(
            String connection,
            Identity identity,
            Form form,
            CloseCause cause,
            Duration lasted,
            long messages,
            long bytes) {
        log.atInfo()
                .addKeyValue("connection", connection)
                .addKeyValue("tenant", identity.tenant().value())
                .addKeyValue("form", form.name().toLowerCase(Locale.ROOT))
                .addKeyValue("cause", cause.label())
                .addKeyValue("durationMs", lasted.toMillis())
                .addKeyValue("writes", messages)
                .addKeyValue("bytes", bytes)
                .log("Connection ended");
    }
}
