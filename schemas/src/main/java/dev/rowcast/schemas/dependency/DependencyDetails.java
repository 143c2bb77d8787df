package dev.rowcast.schemas.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What health tells operators of a server, the same in every service. Names are API.
public final class DependencyDetails {

    private DependencyDetails() {}

    /// As of now, without asking the server anything: `configured`; where it is, `degraded` when it did not answer the
    /// last look, or is not asked at present; `breaker`; of the last look `answers`, `since` when, `checkedAt`, and
    /// the `reason` when it did not answer.
    ///
    /// @param watch empty where nobody looks at it
    /// @param breaker empty where nothing holds calls back
    public static Map<String, Object> of(Optional<Watch> watch, Optional<CircuitBreaker> breaker) {
        Map<String, Object> details = new LinkedHashMap<>();
        boolean configured = watch.isPresent() || breaker.isPresent();
        details.put("configured", configured);
        if (!configured) {
            return details;
        }
        Optional<Watch.Status> found = watch.flatMap(Watch::status);
        details.put(
                "degraded",
                found.filter(status -> !status.answers()).isPresent()
                        || breaker.filter(each -> each.getState() == CircuitBreaker.State.OPEN)
                                .isPresent());
        breaker.ifPresent(each -> details.put("breaker", each.getState().name()));
        found.ifPresent(status -> {
            details.put("answers", status.answers());
            details.put("since", status.since().toString());
            details.put("checkedAt", status.checkedAt().toString());
            if (!status.answers()) {
                details.put("reason", status.reason());
            }
        });
        return details;
    }
}
