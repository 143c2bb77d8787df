package dev.rowcast.embedded;

import org.jspecify.annotations.Nullable;

/// Why a part did not start. The message names the part, the value and the fix; the code is stable.
public final class EmbeddedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Stable names of what can go wrong.
    public enum Code {
        /// Something else listens on the port.
        PORT_TAKEN,
        /// Another living process has these parts running in this folder.
        FOLDER_IN_USE,
        /// The folder cannot be created, read or written.
        FOLDER_UNUSABLE,
        /// No binaries for this operating system or processor.
        PLATFORM_UNSUPPORTED,
        /// Postgres refuses root, and neither a user namespace nor another user is available.
        ROOT_REFUSED,
        /// The part ended, or refused, while starting; the message has its last words.
        START_FAILED,
        /// The part runs but was not ready in time.
        START_TIMED_OUT
    }

    private final Code code;

    EmbeddedException(Code code, String message) {
        this(code, message, null);
    }

    EmbeddedException(Code code, String message, @Nullable Throwable cause) {
        super(code + ": " + message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
