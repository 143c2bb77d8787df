package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.topic.RequestHeader;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/// The name of a request in logs, here and in every process that it leads to: the client's own (`X-Request-Id`), or the
/// trace that it is part of (`traceparent`), or one that is made here. The answer tells it.
public final class RequestId {

    static final String HEADER = "X-Request-Id";

    private static final String ATTRIBUTE = "rowcast.request";
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final String NO_TRACE = "0".repeat(32);

    private RequestId() {}

    /// Gives the request its name, before anything else is done with it.
    static void assign(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        String id = theirs(headers).or(() -> trace(headers)).orElseGet(RequestId::made);
        exchange.getAttributes().put(ATTRIBUTE, id);
        exchange.getResponse().getHeaders().set(HEADER, id);
    }

    /// The name of the request.
    public static String of(ServerWebExchange exchange) {
        return Objects.requireNonNull(exchange.getAttribute(ATTRIBUTE), "every request has an id");
    }

    /// Two are as good as none.
    private static Optional<String> theirs(HttpHeaders headers) {
        List<String> sent = headers.getOrEmpty(HEADER);
        return sent.size() == 1 ? Optional.of(sent.getFirst()).filter(RequestHeader::isId) : Optional.empty();
    }

    private static Optional<String> trace(HttpHeaders headers) {
        return Optional.ofNullable(headers.getFirst("traceparent"))
                .map(TRACEPARENT::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .filter(trace -> !trace.equals(NO_TRACE));
    }

    /// Nobody is let in by it, so it need not be hard to guess.
    private static String made() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
