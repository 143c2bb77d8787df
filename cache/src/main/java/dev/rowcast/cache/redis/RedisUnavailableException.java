package dev.rowcast.cache.redis;

/// Redis did not answer in time, refused, or is not asked at present because it failed before. What was asked may
/// still have been done: only ask what may be asked again.
public final class RedisUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    RedisUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
