package dev.rowcast.schemas.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;

/// Breakers as operators see them. Names are API.
public final class BreakerMetrics {

    private static final List<State> STATES = List.of(State.CLOSED, State.HALF_OPEN, State.OPEN);

    private BreakerMetrics() {}

    /// Shows the state of the breaker and counts what it refuses.
    ///
    /// @param service who asks: several may be in one process, each with a breaker of its own
    public static void bind(MeterRegistry meters, String service, CircuitBreaker breaker) {
        Tags tags = Tags.of("service", service, "server", breaker.getName());
        for (State state : STATES) {
            Gauge.builder("rowcast.breaker", breaker, each -> each.getState() == state ? 1 : 0)
                    .description("1 for the state that the breaker is in")
                    .tags(tags.and("state", state.name().toLowerCase(Locale.ROOT)))
                    .register(meters);
        }
        Counter refused = Counter.builder("rowcast.breaker.refused")
                .description("Calls that the breaker did not let through")
                .tags(tags)
                .register(meters);
        breaker.getEventPublisher().onCallNotPermitted(refusal -> refused.increment());
    }
}
