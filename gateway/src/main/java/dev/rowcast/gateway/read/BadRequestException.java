package dev.rowcast.gateway.read;

import dev.rowcast.schemas.protocol.ErrorCode;

/// A request that cannot be served as it is; the message is for the client.
public final class BadRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String reason;

    BadRequestException(ErrorCode code, String message) {
        super(message);
        this.code = code;
        this.reason = message;
    }

    /// The message, for the client.
    public String reason() {
        return reason;
    }

    public ErrorCode code() {
        return code;
    }
}
