package dev.rowcast.gateway.edge;

/// A parameter of an address says nothing that we understand.
final class BadParameterException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /// @param reason for the client: the parameter and what it may be
    BadParameterException(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
