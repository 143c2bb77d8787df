package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.catalog.ReadRoute;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// The addresses of the catalog's `reads`, turned into those of the read API before anything else looks at a request:
/// so origins, limits, credentials and headers are the same under both.
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class ReadRoutes implements WebFilter {

    private static final String LIFE = ReadRoutes.class.getName() + ".life";
    private static final String ASKED = ReadRoutes.class.getName() + ".asked";

    private final List<ReadRoute> routes;

    public ReadRoutes(List<ReadRoute> routes) {
        this.routes = List.copyOf(routes);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (routes.isEmpty()) {
            return chain.filter(exchange);
        }
        ServerHttpRequest request = exchange.getRequest();
        List<String> segments = segments(request);
        for (ReadRoute route : routes) {
            Optional<Map<String, String>> values = route.match(segments);
            if (values.isPresent()) {
                route.ttl().ifPresent(life -> exchange.getAttributes().put(LIFE, life));
                exchange.getAttributes().put(ASKED, request.getPath().pathWithinApplication());
                ServerHttpRequest read = read(request, route, values.get());
                return chain.filter(exchange.mutate().request(read).build());
            }
        }
        return chain.filter(exchange);
    }

    /// How long the answer of a request may be kept; empty where the catalog does not say it.
    public static Optional<Duration> life(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(LIFE));
    }

    /// The address of the application's own that a request was sent to; empty where it was sent to one of the
    /// gateway's.
    static Optional<PathContainer> asked(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(ASKED));
    }

    private static ServerHttpRequest read(ServerHttpRequest request, ReadRoute route, Map<String, String> values) {
        String path = "/v1/entities/" + route.entity()
                + route.id()
                        .map(id -> "/" + encoded(ReadRoute.filled(id, values)))
                        .orElse("");
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        route.channel().ifPresent(channel -> query.add("channel=" + encoded(ReadRoute.filled(channel, values))));
        URI asked = request.getURI();
        Optional.ofNullable(asked.getRawQuery()).ifPresent(query::add);
        URI uri = URI.create(asked.getScheme() + "://" + asked.getRawAuthority() + path + query);
        return request.mutate().uri(uri).build();
    }

    /// What follows each slash, also where it is nothing: with a slash too many it is another address, and limits
    /// and proxies take it for another, too.
    private static List<String> segments(ServerHttpRequest request) {
        List<String> segments = new ArrayList<>();
        for (PathContainer.Element element : request.getPath().elements()) {
            switch (element) {
                case PathContainer.PathSegment segment
                when !segments.isEmpty() -> segments.set(segments.size() - 1, segment.valueToMatch());
                default -> segments.add("");
            }
        }
        return segments;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
