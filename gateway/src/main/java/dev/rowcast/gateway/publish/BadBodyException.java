package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.List;

/// A body of which nothing is published. Has no stack trace, because bad input is ordinary.
final class BadBodyException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String reason;
    private final transient List<Fault> faults;

    BadBodyException(ErrorCode code, String reason) {
        this(code, reason, List.of());
    }

    /// @param faults of the events that are to blame, when it is not the body as a whole
    BadBodyException(ErrorCode code, String reason, List<Fault> faults) {
        super(reason, null, false, false);
        this.code = code;
        this.reason = reason;
        this.faults = List.copyOf(faults);
    }

    ErrorCode code() {
        return code;
    }

    String reason() {
        return reason;
    }

    List<Fault> faults() {
        return faults;
    }
}
