package dev.rowcast.ingest.publish;

/// The row holds a value that its raw topic's schema has no place for.
public final class UnencodableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnencodableException(String message) {
        super(message);
    }
}
