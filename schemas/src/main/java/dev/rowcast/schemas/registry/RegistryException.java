package dev.rowcast.schemas.registry;

import org.apache.kafka.common.errors.SerializationException;

/// The registry could not serve. It extends Kafka's exception because serializers raise it.
public final class RegistryException extends SerializationException {

    private static final long serialVersionUID = 1L;

    /// What went wrong, which decides whether trying again makes sense.
    public enum Reason {
        /// Not reachable, or it failed by itself: try again.
        UNAVAILABLE,
        /// It does not know the schema or the subject.
        NOT_FOUND,
        /// The schema breaks the subject's compatibility rule.
        INCOMPATIBLE,
        /// It refused the request otherwise.
        REFUSED
    }

    private final Reason reason;

    RegistryException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    RegistryException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
