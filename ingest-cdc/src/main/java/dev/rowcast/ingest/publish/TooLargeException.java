package dev.rowcast.ingest.publish;

/// Kafka would refuse the record for its size.
public final class TooLargeException extends Exception {

    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
        super(message);
    }
}
