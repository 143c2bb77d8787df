package dev.rowcast.streams.audience;

/// A record that can be read and not understood: no other try will change that.
final class UnprocessableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    UnprocessableException(RuntimeException cause) {
        super(cause);
        this.reason = cause.toString();
    }

    /// For people.
    String reason() {
        return reason;
    }
}
