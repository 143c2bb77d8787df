package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Scope;
import dev.rowcast.gateway.edge.RequestLimits.Counted;
import dev.rowcast.gateway.limit.Verdict;
import dev.rowcast.gateway.policy.Asker;
import dev.rowcast.gateway.policy.CountedBy;
import dev.rowcast.gateway.policy.Hit;
import dev.rowcast.gateway.policy.Judgement;
import dev.rowcast.gateway.policy.Judgement.Told;
import dev.rowcast.gateway.policy.Policies;
import dev.rowcast.gateway.policy.Policy;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Asks a policy for a client that is about to do something that the gateway does not see, and counts it.
@RestController
public final class LimitEndpoint {

    private static final int LONGEST_BODY = 4 << 10;
    private static final String CHANNEL = CountedBy.Known.CHANNEL.label();

    private final Entrance entrance;
    private final RequestLimits requests;
    private final Proxies proxies;
    private final Policies policies;

    public LimitEndpoint(Entrance entrance, RequestLimits requests, Proxies proxies, Policies policies) {
        this.entrance = entrance;
        this.requests = requests;
        this.proxies = proxies;
        this.policies = policies;
    }

    /// `POST /v1/limits/run/check` with `{"room": "42"}`: the tenant and the principal are the credential's.
    @PostMapping("/v1/limits/{name}/check")
    public Mono<Void> check(ServerWebExchange exchange, @PathVariable String name) {
        ServerHttpResponse response = exchange.getResponse();
        return entrance.recognize(exchange, Scope.READ).flatMap(admission -> switch (admission) {
            case Admission.Full full ->
                Problems.write(response, full.code(), full.code().remedy());
            case Admission.Refused(ErrorCode code, String reason) -> Problems.write(response, code, reason);
            case Admission.Admitted(Identity identity) ->
                policies.find(name)
                        .filter(Policy::canBeChecked)
                        .map(policy -> check(exchange, identity, policy))
                        .orElseGet(() -> Problems.write(
                                response, ErrorCode.NOT_FOUND, "There is no policy of this name to check."));
        });
    }

    private Mono<Void> check(ServerWebExchange exchange, Identity identity, Policy policy) {
        return DataBufferUtils.join(exchange.getRequest().getBody(), LONGEST_BODY)
                .map(LimitEndpoint::text)
                .defaultIfEmpty("")
                .flatMap(body -> ask(exchange, identity, policy, body))
                .onErrorResume(
                        DataBufferLimitException.class,
                        tooLong -> Problems.write(
                                exchange.getResponse(),
                                ErrorCode.TOO_LONG,
                                "The body has more than %d bytes.".formatted(LONGEST_BODY)));
    }

    private Mono<Void> ask(ServerWebExchange exchange, Identity identity, Policy policy, String body) {
        Map<String, String> named;
        try {
            named = CheckBody.parse(body, policy);
        } catch (BadParameterException e) {
            return Problems.write(exchange.getResponse(), ErrorCode.INVALID_MESSAGE, e.reason());
        }
        Asker asker = new Asker(
                proxies.network(exchange.getRequest()),
                Optional.of(identity),
                Optional.ofNullable(named.get(CHANNEL)).stream().toList(),
                named);
        List<Hit> hits = Hit.of(policy, asker, Optional.empty());
        return requests.count(exchange, identity, Scope.READ, hits)
                .flatMap(counted -> answer(exchange.getResponse(), policy, counted));
    }

    private static Mono<Void> answer(ServerHttpResponse response, Policy policy, Counted counted) {
        Map<String, Object> members = new LinkedHashMap<>();
        counted.judgement().told().stream()
                .filter(told -> told.name().equals(policy.name()))
                .findFirst()
                .ifPresent(told -> members.putAll(members(told, counted.judgement())));
        return counted.refusal()
                .map(refused -> Problems.write(response, refused.code(), refused.reason(), members))
                .orElseGet(() -> write(response, members));
    }

    /// It may be another policy of the request that refuses.
    private static Map<String, Object> members(Told told, Judgement judgement) {
        Verdict verdict = told.verdict();
        Duration wait = judgement
                .refusal()
                .map(refusal -> refusal.verdict().retryAfter())
                .orElse(Duration.ZERO);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("policy", told.name());
        members.put("allowed", judgement.allowed());
        members.put("limit", verdict.limit());
        members.put("remaining", verdict.remaining());
        members.put("resetMs", verdict.reset().toMillis());
        members.put("retryAfterMs", wait.toMillis());
        return members;
    }

    private static Mono<Void> write(ServerHttpResponse response, Map<String, Object> members) {
        byte[] body = JsonMapper.shared().writeValueAsString(members).getBytes(StandardCharsets.UTF_8);
        response.setStatusCode(HttpStatus.OK);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setContentLength(body.length);
        response.getHeaders().setCacheControl("no-store");
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    private static String text(DataBuffer buffer) {
        String text = buffer.toString(StandardCharsets.UTF_8);
        DataBufferUtils.release(buffer);
        return text;
    }
}
