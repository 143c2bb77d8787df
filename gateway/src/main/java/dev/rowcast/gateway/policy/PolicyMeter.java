package dev.rowcast.gateway.policy;

import dev.rowcast.gateway.policy.Judgement.Told;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;

/// Counts what policies say, by their names and never by whom: `rowcast.policies` with `policy` and `outcome`, and
/// `rowcast.policies.degraded`, requests that this node judged by itself.
final class PolicyMeter {

    private static final String REQUESTS = "rowcast.policies";
    private static final String DEGRADED = "rowcast.policies.degraded";

    private final MeterRegistry meters;

    PolicyMeter(Policies policies, MeterRegistry meters) {
        this.meters = meters;
        // So that they are there before the first of them, for alerts.
        for (Policy policy : policies.all()) {
            for (String outcome : List.of("allowed", "refused", "unknown")) {
                meters.counter(REQUESTS, "policy", policy.name(), "outcome", outcome);
            }
        }
        meters.counter(DEGRADED);
    }

    Judgement count(Judgement judgement) {
        if (judgement.degraded()) {
            meters.counter(DEGRADED).increment();
        }
        Optional<Policy> denied = judgement.denied();
        if (denied.isPresent()) {
            count(denied.get().name(), "unknown");
            return judgement;
        }
        for (Told told : judgement.told()) {
            if (judgement.allowed() || !told.verdict().allowed()) {
                count(told.name(), judgement.allowed() ? "allowed" : "refused");
            }
        }
        return judgement;
    }

    private void count(String policy, String outcome) {
        meters.counter(REQUESTS, "policy", policy, "outcome", outcome).increment();
    }
}
