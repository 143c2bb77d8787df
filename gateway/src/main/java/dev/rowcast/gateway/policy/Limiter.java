package dev.rowcast.gateway.policy;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.gateway.limit.Quotas;
import dev.rowcast.gateway.limit.Verdict;
import dev.rowcast.gateway.policy.Judgement.Told;
import dev.rowcast.gateway.policy.Policy.OnBackendFailure;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/// Asks policies. What was used is counted in Redis, for all gateways, and beside it on this node: there what Redis
/// refused is remembered, so that whoever is over costs nobody a question until it may come again; and while Redis does
/// not answer, or there is none, the node's own count decides, or the policy refuses.
///
/// Never waits. Safe for use by several threads.
public final class Limiter {

    private final Policies policies;
    private final Optional<SharedCounts> shared;
    private final Map<String, Quotas> shadows = new HashMap<>();
    private final PolicyMeter meter;

    /// @param redis empty where there is none
    /// @param installation tells this one from others that share the Redis: lower case letters, digits and _
    /// @param nanos a clock that only goes forward
    public Limiter(
            Policies policies,
            Optional<RedisLink> redis,
            String installation,
            MeterRegistry meters,
            LongSupplier nanos) {
        this.policies = policies;
        this.shared = redis.map(link -> new SharedCounts(link, installation));
        policies.all().forEach(policy -> shadows.put(policy.name(), new Quotas(policy.rule(), nanos)));
        this.meter = new PolicyMeter(policies, meters);
    }

    public Policies policies() {
        return policies;
    }

    /// Asks all of them, and counts the request when all of them allow it. A request that one refuses is counted by
    /// none.
    ///
    /// @param hits of this limiter's policies, each count once
    /// @return never fails, and is there within the timeout of Redis; completed on any thread
    public CompletionStage<Judgement> ask(List<Hit> hits) {
        if (hits.isEmpty()) {
            return CompletableFuture.completedStage(Judgement.NOTHING);
        }
        Optional<Judgement> known = known(hits);
        CompletionStage<Judgement> judged = known.<CompletionStage<Judgement>>map(CompletableFuture::completedStage)
                .orElseGet(() -> shared.<CompletionStage<Judgement>>map(counts -> counts.ask(hits)
                                .handle((answer, failure) -> failure == null ? heard(hits, answer) : alone(hits)))
                        .orElseGet(() -> CompletableFuture.completedStage(alone(hits))));
        return judged.thenApply(meter::count);
    }

    /// What is refused without a question, because Redis said so before.
    private Optional<Judgement> known(List<Hit> hits) {
        return hits.stream().allMatch(hit -> shadow(hit).refused(hit.subject()).isEmpty())
                ? Optional.empty()
                : Optional.of(new Judgement(looked(hits), false, Optional.empty()));
    }

    private Judgement heard(List<Hit> hits, SharedCounts.Answer answer) {
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < hits.size(); i++) {
            told.add(told(hits.get(i), answer.verdicts().get(i)));
        }
        Judgement judgement = new Judgement(told, false, Optional.empty());
        for (int i = 0; i < hits.size(); i++) {
            Hit hit = hits.get(i);
            Verdict verdict = answer.verdicts().get(i);
            if (judgement.allowed()) {
                // So that this node begins with its own part should Redis go away.
                shadow(hit).ask(hit.subject());
            } else if (!verdict.allowed()) {
                shadow(hit).refuse(hit.subject(), verdict.retryAfter());
            }
        }
        return judgement;
    }

    private Judgement alone(List<Hit> hits) {
        Optional<Policy> denied = hits.stream()
                .map(Hit::policy)
                .filter(policy -> policy.onBackendFailure() == OnBackendFailure.DENY)
                .findFirst();
        Judgement judgement = new Judgement(looked(hits), true, denied);
        if (!judgement.allowed()) {
            return judgement;
        }
        List<Told> counted = hits.stream()
                .map(hit -> told(hit, shadow(hit).ask(hit.subject())))
                .toList();
        return new Judgement(counted, true, Optional.empty());
    }

    /// What this node alone would say.
    private List<Told> looked(List<Hit> hits) {
        return hits.stream()
                .map(hit -> told(hit, shadow(hit).look(hit.subject())))
                .toList();
    }

    private Quotas shadow(Hit hit) {
        Quotas quotas = shadows.get(hit.policy().name());
        if (quotas == null) {
            throw new IllegalArgumentException(
                    "not a policy of this limiter: " + hit.policy().name());
        }
        return quotas;
    }

    private static Told told(Hit hit, Verdict verdict) {
        return new Told(hit.policy().name(), verdict);
    }
}
