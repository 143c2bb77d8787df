package dev.rowcast.standalone.cli;

import dev.rowcast.embedded.EmbeddedException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// Failures as one clear message: the thing, the value, the fix, and a stable code in brackets at the end.
final class Failures {

    private Failures() {}

    static String explain(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return switch (cause) {
            case EmbeddedException part -> part(part.code(), message);
            case SQLException sql -> "the database says: %s [SQL_%s]".formatted(message, sql.getSQLState());
            default -> message;
        };
    }

    private static String part(EmbeddedException.Code code, String message) {
        String words =
                message.startsWith(code + ": ") ? message.substring(code.name().length() + 2) : message;
        String option = code == EmbeddedException.Code.PORT_TAKEN
                ? "; with up: --postgres-port, --kafka-port, --redis-port or --registry-port"
                : "";
        return "%s%s [%s]".formatted(words, option, code);
    }
}
