package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.policy.Asker;
import dev.rowcast.gateway.policy.Hit;
import dev.rowcast.gateway.policy.Judgement;
import dev.rowcast.gateway.policy.Limiter;
import dev.rowcast.gateway.policy.Policy;
import dev.rowcast.gateway.policy.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/// Which policies a request meets. It is asked for once, however many they are.
public final class PolicyRoutes {

    private static final String MET = PolicyRoutes.class.getName() + ".met";
    private static final String DEGRADED = "X-RateLimit-Degraded";

    private final Limiter limiter;
    private final List<Routed> routed;

    /// A policy for requests, with its paths as Spring matches them.
    private record Routed(Policy policy, List<Place> places) {}

    private record Place(Route route, PathPattern pattern) {}

    /// A policy that a request meets, and by which of its paths.
    private record Met(Policy policy, Optional<Route> route) {}

    public PolicyRoutes(Limiter limiter) {
        this.limiter = limiter;
        this.routed = limiter.policies().all().stream()
                .filter(policy -> !policy.checkOnly())
                .map(policy -> new Routed(
                        policy, policy.paths().stream().map(PolicyRoutes::place).toList()))
                .toList();
    }

    /// Finds the policies that the request meets, for the question that follows.
    ///
    /// @return whether one of them has to know whose it is
    boolean meet(ServerWebExchange exchange) {
        if (routed.isEmpty()) {
            return false;
        }
        List<Met> met =
                routed.stream().flatMap(each -> met(each, exchange).stream()).toList();
        exchange.getAttributes().put(MET, met);
        return met.stream().anyMatch(each -> each.policy().needsIdentity());
    }

    /// Asks the policies that the request has met, unless they were asked before, and others; the headers of the answer
    /// tell what they say.
    ///
    /// @param also what it is counted by besides
    /// @return on the event loop of the request's channel
    Mono<Judgement> ask(ServerWebExchange exchange, Asker asker, List<Hit> also) {
        List<Hit> hits = Stream.concat(hits(exchange, asker).stream(), also.stream())
                .distinct()
                .toList();
        if (hits.isEmpty()) {
            return Mono.just(Judgement.NOTHING);
        }
        return Mono.fromCompletionStage(() -> limiter.ask(hits)
                .thenApplyAsync(judgement -> shown(exchange, judgement), Takeover.onEventLoop(exchange.getResponse())));
    }

    /// Counts a request that has ended before anybody asked for it.
    void askLate(ServerWebExchange exchange, Asker asker) {
        limiter.ask(hits(exchange, asker));
    }

    private static Judgement shown(ServerWebExchange exchange, Judgement judgement) {
        LimitHeaders.add(exchange, judgement.told());
        if (judgement.degraded()) {
            exchange.getResponse().getHeaders().set(DEGRADED, "1");
        }
        return judgement;
    }

    private static List<Hit> hits(ServerWebExchange exchange, Asker asker) {
        List<Met> met = exchange.getAttributeOrDefault(MET, List.of());
        exchange.getAttributes().remove(MET);
        List<Hit> hits = new ArrayList<>();
        met.forEach(each -> hits.addAll(Hit.of(each.policy(), asker, each.route())));
        return hits;
    }

    private static Optional<Met> met(Routed routed, ServerWebExchange exchange) {
        if (routed.places().isEmpty()) {
            return Optional.of(new Met(routed.policy(), Optional.empty()));
        }
        return routed.places().stream()
                .filter(place -> isAt(place, exchange))
                .findFirst()
                .map(place -> new Met(routed.policy(), Optional.of(place.route())));
    }

    /// What answers GET answers HEAD too. A request under an address of the application's own is at that address and at
    /// the one that it stands for.
    private static boolean isAt(Place place, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        HttpMethod method = request.getMethod().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.getMethod();
        return place.route()
                        .method()
                        .filter(name -> !name.equals(method.name()))
                        .isEmpty()
                && (place.pattern().matches(request.getPath().pathWithinApplication())
                        || ReadRoutes.asked(exchange)
                                .filter(place.pattern()::matches)
                                .isPresent());
    }

    private static Place place(Route route) {
        return new Place(route, PathPatternParser.defaultInstance.parse(route.path()));
    }
}
