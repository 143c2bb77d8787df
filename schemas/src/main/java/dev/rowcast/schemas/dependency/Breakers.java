package dev.rowcast.schemas.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the breakers of the servers that a process asks. A breaker is closed while the server answers. It opens when
/// half of the latest calls failed: then whoever asks is refused at once. After a while it is half open and lets one
/// call through, and what becomes of that closes or opens it.
public final class Breakers {

    private static final Logger log = LoggerFactory.getLogger(Breakers.class);
    /// So that a single look at a server that is back closes its breaker, when nobody else asks it.
    private static final int TRIALS = 1;

    /// How a server is judged.
    ///
    /// @param server its name in metrics, health and logs
    /// @param calls the latest, of which half must have failed; half as many are needed for a judgement; at least 2
    /// @param openFor how long nothing is asked of it before it is tried again
    /// @param longestCall on top of which no call takes any longer
    /// @param failure whether this is the server's; otherwise it has answered, and the call counts as good
    public record Rule(String server, int calls, Duration openFor, Duration longestCall, Predicate<Throwable> failure) {

        public Rule {
            if (calls < 2) {
                throw new IllegalArgumentException("calls must be at least 2, is " + calls);
            }
            if (!openFor.isPositive() || !longestCall.isPositive()) {
                throw new IllegalArgumentException(
                        "openFor and longestCall must be positive, are %s and %s".formatted(openFor, longestCall));
            }
        }
    }

    private Breakers() {}

    /// A new one, closed. It logs each change.
    public static CircuitBreaker of(Rule rule) {
        CircuitBreaker breaker = CircuitBreaker.of(
                rule.server(),
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(rule.calls())
                        .minimumNumberOfCalls(rule.calls() / 2)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(rule.openFor())
                        .permittedNumberOfCallsInHalfOpenState(TRIALS)
                        // Longer than a call takes, or a slow server would never be trusted again.
                        .maxWaitDurationInHalfOpenState(rule.openFor().plus(rule.longestCall()))
                        // What its caller broke off says nothing of the server.
                        .ignoreException(failure -> Thread.currentThread().isInterrupted())
                        .recordException(rule.failure())
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(change -> log.atWarn()
                        .addKeyValue("breaker", rule.server())
                        .addKeyValue("from", change.getStateTransition().getFromState())
                        .addKeyValue("to", change.getStateTransition().getToState())
                        .log("Breaker changed"));
        return breaker;
    }
}
