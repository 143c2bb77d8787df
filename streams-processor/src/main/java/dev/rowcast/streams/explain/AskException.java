package dev.rowcast.streams.explain;

import java.util.List;

/// A question that has no answer; the message says what to do.
public final class AskException extends RuntimeException {

    /// What went wrong; part of the interface, and `docs/reference/operators.md` lists every one.
    public enum Code {
        /// The event's id cannot be read.
        INVALID_EVENT_ID(400),
        /// The principal cannot be read.
        INVALID_PRINCIPAL(400),
        /// The tenant's name cannot be read.
        INVALID_TENANT(400),
        /// Another parameter is wrong.
        INVALID_PARAMETER(400),
        /// The event was not found as far as the log was read.
        EVENT_NOT_FOUND(404),
        /// The partition is processed by another instance, or by none at present.
        NOT_HERE(404),
        /// Too many questions wait.
        BUSY(503),
        /// The stream thread did not answer in time.
        NO_ANSWER(504);

        /// A question that is wrong stays wrong; what is the server's passes.
        private static final int FIRST_PASSING = 500;

        private final int status;

        Code(int status) {
            this.status = status;
        }

        /// Of the HTTP answer.
        public int status() {
            return status;
        }

        /// Whether the same question can be answered here later.
        public boolean retryable() {
            return status >= FIRST_PASSING;
        }
    }

    private final Code code;
    private final List<String> elsewhere;

    AskException(Code code, String message) {
        this(code, message, List.of());
    }

    /// @param elsewhere base URLs of the instances that may know
    AskException(Code code, String message, List<String> elsewhere) {
        super(message);
        this.code = code;
        this.elsewhere = List.copyOf(elsewhere);
    }

    public Code code() {
        return code;
    }

    /// Base URLs of the instances that may know; empty where that is not known.
    public List<String> elsewhere() {
        return elsewhere;
    }
}
