package dev.rowcast.ingest.engine;

/// A table cannot be read in pieces, because it has no primary key or is not there.
public final class NoKeyException extends Exception {

    private static final long serialVersionUID = 1L;

    NoKeyException(String message) {
        super(message);
    }
}
