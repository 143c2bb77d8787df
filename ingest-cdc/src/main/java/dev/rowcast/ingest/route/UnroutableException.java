package dev.rowcast.ingest.route;

/// The row cannot become a change; the others can.
public final class UnroutableException extends Exception {

    private static final long serialVersionUID = 1L;

    public UnroutableException(String message) {
        super(message);
    }
}
