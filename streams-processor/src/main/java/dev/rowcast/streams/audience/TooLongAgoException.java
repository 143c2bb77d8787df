package dev.rowcast.streams.audience;

/// Who was a member then is known no more, so the change can be told to nobody.
final class TooLongAgoException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    TooLongAgoException() {
        super("who was a member then is known no more");
    }
}
