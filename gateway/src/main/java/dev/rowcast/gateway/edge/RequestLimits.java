package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Breaches.Limit;
import dev.rowcast.gateway.limit.HttpLimits;
import dev.rowcast.gateway.limit.Quota;
import dev.rowcast.gateway.limit.Quotas;
import dev.rowcast.gateway.limit.Verdict;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// How many requests an address and a principal may make. Each answer says how much is left, in the headers of the IETF
/// draft and in the older ones that start with `X-`. Fails open, and counts for each node by itself.
///
/// Handshakes of streams have limits of their own, see [Door], and publishing has only its principal's, because a
/// server may have more to say than a browser. Health is never limited.
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
public final class RequestLimits implements WebFilter {

    /// A quota with the name that clients see.
    private record Policy(String name, Limit limit, Quotas quotas) {}

    private final Proxies proxies;
    private final Breaches breaches;
    private final Policy global;
    private final Quotas attempts;
    private final Map<Scope, Policy> principals = new EnumMap<>(Scope.class);

    /// @param nanos a clock that only goes forward
    public RequestLimits(HttpLimits limits, Proxies proxies, Breaches breaches, LongSupplier nanos) {
        this.proxies = proxies;
        this.breaches = breaches;
        this.global = new Policy("global", Limit.REQUESTS_GLOBAL, new Quotas(limits.global(), nanos));
        this.attempts = new Quotas(limits.attempts(), nanos);
        principals.put(Scope.READ, new Policy("read", Limit.REQUESTS_READ, new Quotas(limits.read(), nanos)));
        principals.put(
                Scope.PUBLISH, new Policy("publish", Limit.REQUESTS_PUBLISH, new Quotas(limits.publish(), nanos)));
        principals.put(
                Scope.SUBSCRIBE, new Policy("tickets", Limit.REQUESTS_TICKETS, new Quotas(limits.tickets(), nanos)));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (isForOperators(exchange) || !isLimited(request)) {
            return chain.filter(exchange);
        }
        return refusal(exchange, global, proxies.network(request))
                .map(reason -> Problems.write(exchange.getResponse(), ErrorCode.RATE_LIMITED, reason))
                .orElseGet(() -> chain.filter(exchange));
    }

    /// Counts a request of somebody who is known.
    ///
    /// @param scope what it is for, which has its own quota
    /// @return why it is too much; the response then says when to come back
    Optional<String> refusal(ServerWebExchange exchange, Identity identity, Scope scope) {
        Policy policy = principals.get(scope);
        return policy == null
                ? Optional.empty()
                : refusal(exchange, policy, asker(identity, proxies.network(exchange.getRequest())));
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

    private Optional<String> refusal(ServerWebExchange exchange, Policy policy, String asker) {
        Verdict verdict = policy.quotas().ask(asker);
        HttpHeaders headers = exchange.getResponse().getHeaders();
        Quota quota = verdict.quota();
        String reset = seconds(verdict.reset());
        headers.set("X-RateLimit-Limit", Integer.toString(quota.requests()));
        headers.set("X-RateLimit-Remaining", Integer.toString(verdict.remaining()));
        headers.set("X-RateLimit-Reset", reset);
        headers.set(
                "RateLimit-Policy",
                "\"%s\";q=%d;w=%d"
                        .formatted(
                                policy.name(), quota.requests(), quota.window().toSeconds()));
        headers.set("RateLimit", "\"%s\";r=%d;t=%s".formatted(policy.name(), verdict.remaining(), reset));
        if (verdict.allowed()) {
            return Optional.empty();
        }
        breaches.count(policy.limit());
        String wait = seconds(verdict.retryAfter());
        headers.set(HttpHeaders.RETRY_AFTER, wait);
        return Optional.of("More than %d requests in %d s, or too many at once; wait %s s (quota '%s')."
                .formatted(quota.requests(), quota.window().toSeconds(), wait, policy.name()));
    }

    /// A publishable key is in many browsers, and so is a token without a subject: there each address is one asker.
    /// So it is with a secret key, whose servers each have their own quota.
    private static String asker(Identity identity, String network) {
        Principal principal = identity.principal();
        String who = identity.tenant().value() + '\0' + principal.kind() + '\0' + principal.id();
        return principal.kind() == Principal.Kind.USER ? who : who + '\0' + network;
    }

    /// The port for operators has a context of its own inside the clients', which takes over its filters.
    private static boolean isForOperators(ServerWebExchange exchange) {
        ApplicationContext context = exchange.getApplicationContext();
        return context != null && context.getParent() != null;
    }

    private static boolean isLimited(ServerHttpRequest request) {
        String path = request.getPath().value();
        return !path.equals("/health")
                && !path.startsWith("/health/")
                && !Bodies.isPublishing(request)
                && !path.equals("/v1/events")
                && !CrossOrigin.isHandshake(request);
    }

    private static String seconds(Duration duration) {
        return Long.toString(Problems.seconds(duration));
    }
}
