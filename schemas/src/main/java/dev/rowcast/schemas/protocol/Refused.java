package dev.rowcast.schemas.protocol;

/// Carries a reason from the member that is wrong to the codec, which turns it into [Decoded.Failed]. Leaves the
/// package never; has no stack trace, because bad input is ordinary.
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String reason;

    Refused(ErrorCode code, String reason) {
        super(reason, null, false, false);
        this.code = code;
        this.reason = reason;
    }

    ErrorCode code() {
        return code;
    }

    String reason() {
        return reason;
    }
}
