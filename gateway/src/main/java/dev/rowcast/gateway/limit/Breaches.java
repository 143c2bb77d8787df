package dev.rowcast.gateway.limit;

import dev.rowcast.schemas.protocol.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;

/// Counts how often each limit was met, as `rowcast.limited` with the limit's name; never by whom.
public final class Breaches {

    /// The limits by the tags of their metric.
    public enum Limit {
        CONNECTIONS_NODE,
        CONNECTIONS_TENANT,
        CONNECTIONS_USER,
        CONNECTIONS_KEY,
        CONNECTIONS_ADDRESS,
        SOCKETS_ADDRESS,
        CONNECTS_NODE,
        CONNECTS_ADDRESS,
        REQUESTS_GLOBAL,
        REQUESTS_READ,
        REQUESTS_PUBLISH,
        REQUESTS_TICKETS,
        ATTEMPTS,
        MESSAGES,
        SUBSCRIBES,
        SUBSCRIPTIONS,
        BROADCASTS,
        HEAD,
        HEAD_TIME,
        BODY,
        BODY_TIME,
        ANSWER_TIME,
        PIPELINE;

        /// The tag.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<ErrorCode> REFUSALS = List.of(
            ErrorCode.AUTH_FAILED, ErrorCode.TOKEN_EXPIRED, ErrorCode.CREDENTIAL_REVOKED, ErrorCode.SCOPE_MISSING);

    private final MeterRegistry meters;

    public Breaches(MeterRegistry meters) {
        this.meters = meters;
        for (Limit limit : Limit.values()) {
            meters.counter("rowcast.limited", "limit", limit.label());
        }
        // So that they are there before the first of them, for alerts.
        for (ErrorCode code : REFUSALS) {
            meters.counter("rowcast.auth.failures", "code", code.name());
        }
    }

    /// A credential was refused: `rowcast.auth.failures` by its code.
    public void refused(ErrorCode code) {
        meters.counter("rowcast.auth.failures", "code", code.name()).increment();
    }

    /// A connection ended that was opened only to tell why it is refused: `rowcast.closes` by the cause.
    public void closed(String cause) {
        meters.counter("rowcast.closes", "cause", cause).increment();
    }

    public void count(Limit limit) {
        meters.counter("rowcast.limited", "limit", limit.label()).increment();
    }
}
