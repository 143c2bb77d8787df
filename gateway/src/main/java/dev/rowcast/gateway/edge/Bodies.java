package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Refuses bodies before a byte of them is read: compressed ones, whose true size nobody knows, and those that say
/// themselves that they are longer than is taken here. Published events may be longer, and whoever reads them counts;
/// so does whoever reads a body that does not say how long it is.
@Order(Ordered.HIGHEST_PRECEDENCE + 4)
public final class Bodies implements WebFilter {

    private static final Pattern PUBLISHING = Pattern.compile("/v1/tenants/[^/]+/events");

    private final int longest;
    private final Breaches breaches;

    /// @param longest in bytes, of all but publishing
    public Bodies(int longest, Breaches breaches) {
        this.longest = longest;
        this.breaches = breaches;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        Optional<String> encoding = encoding(request.getHeaders());
        if (encoding.isPresent()) {
            return refuse(
                    exchange,
                    ErrorCode.UNSUPPORTED_MEDIA,
                    "Content-Encoding '%s' is not taken; send the body as it is.".formatted(encoding.get()));
        }
        long length = request.getHeaders().getContentLength();
        if (length > longest && !isPublishing(request)) {
            return refuse(
                    exchange,
                    ErrorCode.TOO_LONG,
                    "The body has %d bytes; at most %d are taken.".formatted(length, longest));
        }
        return chain.filter(exchange);
    }

    /// The connection is closed with the answer, so that the body need not be read.
    private Mono<Void> refuse(ServerWebExchange exchange, ErrorCode code, String reason) {
        breaches.count(Limit.BODY);
        exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
        return Problems.write(exchange.getResponse(), code, reason);
    }

    static boolean isPublishing(ServerHttpRequest request) {
        return HttpMethod.POST.equals(request.getMethod())
                && PUBLISHING.matcher(request.getPath().value()).matches();
    }

    private static Optional<String> encoding(HttpHeaders headers) {
        return headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING).stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(String::strip)
                .filter(name -> !name.isEmpty() && !name.equalsIgnoreCase("identity"))
                .findFirst();
    }
}
