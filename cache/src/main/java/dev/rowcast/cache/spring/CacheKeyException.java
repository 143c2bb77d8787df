package dev.rowcast.cache.spring;

/// Why a call cannot be cached as it is declared. The message names the cache or the method, what was found
/// and the fix; the code is stable.
public final class CacheKeyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Stable names of what can be wrong with a key.
    public enum Code {
        /// Another key generator than [CallKey#generator] made it.
        KEY_NOT_OF_CALL,
        /// A parameter is of a type that does not say in full what the parameter is.
        PARAMETER_NOT_WRITABLE,
        /// The tag names a parameter that the method has not, or that no row's tag can be made of.
        PARAMETER_NOT_IN_TAG
    }

    private final Code code;

    CacheKeyException(Code code, String message) {
        super(code + ": " + message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
