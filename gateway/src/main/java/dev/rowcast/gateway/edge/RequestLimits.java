package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.gateway.limit.HttpLimits;
import dev.rowcast.gateway.limit.Quotas;
import dev.rowcast.gateway.limit.Verdict;
import dev.rowcast.gateway.policy.Asker;
import dev.rowcast.gateway.policy.Hit;
import dev.rowcast.gateway.policy.Judgement;
import dev.rowcast.gateway.policy.Judgement.Told;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// How many requests an address and a principal may make: by quotas that this node counts by itself, and by the
/// installation's policies, which all nodes count together. Each answer says how much is left, in the headers of the
/// IETF draft and in the older ones that start with `X-`. Fails open, but for policies that say otherwise.
///
/// Handshakes of streams have limits of their own, see [Door], and publishing has only its principal's of the node's
/// quotas, because a server may have more to say than a browser. Health is never limited.
///
/// A request that meets only policies by address is judged before anything else is done for it. Where one needs to know
/// the principal, all of them are asked together when that is known, so that it is one question; a request that ends
/// before is counted as one of its address.
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
public final class RequestLimits implements WebFilter {

    /// A quota with the name that clients see.
    private record NodeQuota(String name, Limit limit, Quotas quotas) {}

    /// What became of a request that was counted.
    ///
    /// @param refusal why it is too much; the response then says when to come back
    /// @param judgement what the policies said
    record Counted(Optional<Admission.Refused> refusal, Judgement judgement) {}

    private final Proxies proxies;
    private final Breaches breaches;
    private final PolicyRoutes policies;
    private final NodeQuota global;
    private final Quotas attempts;
    private final Map<Scope, NodeQuota> principals = new EnumMap<>(Scope.class);

    /// @param nanos a clock that only goes forward
    public RequestLimits(
            HttpLimits limits, PolicyRoutes policies, Proxies proxies, Breaches breaches, LongSupplier nanos) {
        this.proxies = proxies;
        this.breaches = breaches;
        this.policies = policies;
        this.global = new NodeQuota("global", Limit.REQUESTS_GLOBAL, new Quotas(limits.global(), nanos));
        this.attempts = new Quotas(limits.attempts(), nanos);
        principals.put(Scope.READ, new NodeQuota("read", Limit.REQUESTS_READ, new Quotas(limits.read(), nanos)));
        principals.put(
                Scope.PUBLISH, new NodeQuota("publish", Limit.REQUESTS_PUBLISH, new Quotas(limits.publish(), nanos)));
        principals.put(
                Scope.SUBSCRIBE, new NodeQuota("tickets", Limit.REQUESTS_TICKETS, new Quotas(limits.tickets(), nanos)));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (isForOperators(exchange) || isExempt(request)) {
            return chain.filter(exchange);
        }
        Optional<Admission.Refused> refusal =
                Bodies.isPublishing(request) ? Optional.empty() : refusal(exchange, global, proxies.network(request));
        if (refusal.isPresent()) {
            return refuse(exchange, refusal.get());
        }
        if (policies.meet(exchange)) {
            return chain.filter(exchange)
                    .doFinally(end -> policies.askLate(exchange, Asker.at(proxies.network(request))));
        }
        return countUnknown(exchange)
                .flatMap(counted -> counted.refusal()
                        .map(refused -> refuse(exchange, refused))
                        .orElseGet(() -> chain.filter(exchange)));
    }

    /// Counts a request of somebody who is known.
    ///
    /// @param scope what it is for, which has its own quota
    /// @param also what it is counted by besides
    /// @return the result, on the event loop of the request's channel
    Mono<Counted> count(ServerWebExchange exchange, Identity identity, Scope scope, List<Hit> also) {
        String network = proxies.network(exchange.getRequest());
        NodeQuota quota = principals.get(scope);
        Optional<Admission.Refused> refusal =
                quota == null ? Optional.empty() : refusal(exchange, quota, principal(identity, network));
        if (refusal.isPresent()) {
            return Mono.just(new Counted(refusal, Judgement.NOTHING));
        }
        List<String> channels = exchange.getRequest().getQueryParams().getOrDefault("channel", List.of());
        return policies.ask(exchange, new Asker(network, Optional.of(identity), channels, Map.of()), also)
                .map(RequestLimits::counted);
    }

    /// Counts a request of somebody of whom nothing but the address is known.
    ///
    /// @return the result, on the event loop of the request's channel
    Mono<Counted> countUnknown(ServerWebExchange exchange) {
        return policies.ask(exchange, Asker.at(proxies.network(exchange.getRequest())), List.of())
                .map(RequestLimits::counted);
    }

    /// How long this address must wait because it showed too many credentials that are none.
    Optional<Duration> tooManyAttempts(ServerHttpRequest request) {
        Verdict verdict = attempts.look(proxies.network(request));
        if (verdict.allowed()) {
            return Optional.empty();
        }
        breaches.count(Limit.ATTEMPTS);
        return Optional.of(verdict.retryAfter());
    }

    /// A credential was refused. One that was good once is no attempt to guess one.
    void refused(ServerHttpRequest request, ErrorCode code) {
        breaches.refused(code);
        if (code == ErrorCode.AUTH_FAILED) {
            attempts.ask(proxies.network(request));
        }
    }

    private Optional<Admission.Refused> refusal(ServerWebExchange exchange, NodeQuota quota, String asker) {
        Told told = new Told(quota.name(), quota.quotas().ask(asker));
        LimitHeaders.add(exchange, List.of(told));
        if (told.verdict().allowed()) {
            return Optional.empty();
        }
        breaches.count(quota.limit());
        return Optional.of(refused(told));
    }

    private static Counted counted(Judgement judgement) {
        Optional<Admission.Refused> unknown = judgement
                .denied()
                .map(policy -> new Admission.Refused(
                        ErrorCode.LIMIT_UNKNOWN,
                        "What was used of '%s' cannot be told now, and it lets nobody in then."
                                .formatted(policy.name())));
        return new Counted(unknown.or(() -> judgement.refusal().map(RequestLimits::refused)), judgement);
    }

    private static Admission.Refused refused(Told told) {
        Verdict verdict = told.verdict();
        return new Admission.Refused(
                ErrorCode.RATE_LIMITED,
                "More than %d requests in %d s, or too many at once; wait %d s (quota '%s')."
                        .formatted(
                                verdict.limit(),
                                Problems.seconds(verdict.window()),
                                Problems.seconds(verdict.retryAfter()),
                                told.name()));
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, Admission.Refused refused) {
        return Problems.write(exchange.getResponse(), refused.code(), refused.reason());
    }

    private static String principal(Identity identity, String network) {
        return identity.tenant().value() + '\0' + String.join("\0", Asker.principal(identity, network));
    }

    /// The port for operators has a context of its own inside the clients', which takes over its filters.
    private static boolean isForOperators(ServerWebExchange exchange) {
        ApplicationContext context = exchange.getApplicationContext();
        return context != null && context.getParent() != null;
    }

    private static boolean isExempt(ServerHttpRequest request) {
        String path = request.getPath().value();
        return path.equals("/health") || path.startsWith("/health/") || Streams.isHandshake(request);
    }
}
