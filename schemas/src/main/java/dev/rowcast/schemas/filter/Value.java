package dev.rowcast.schemas.filter;

import java.math.BigDecimal;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A column's value, as a change carries it in JSON text.
sealed interface Value {

    /// The key of what is equal to it; empty where nothing is.
    Optional<ValueKey> key();

    /// SQL's null.
    record Null() implements Value {
        @Override
        public Optional<ValueKey> key() {
            return Optional.empty();
        }
    }

    /// A boolean.
    record Bool(boolean flag) implements Value {
        @Override
        public Optional<ValueKey> key() {
            return Optional.of(ValueKey.of(flag));
        }
    }

    /// A number.
    record Amount(BigDecimal number) implements Value {
        @Override
        public Optional<ValueKey> key() {
            return Optional.of(ValueKey.of(number));
        }
    }

    /// Text, and every type that travels as text.
    record Words(String text, Optional<Moment> moment) implements Value {
        @Override
        public Optional<ValueKey> key() {
            return Optional.of(moment.map(ValueKey::of).orElseGet(() -> ValueKey.of(text)));
        }
    }

    /// An object or an array, with which nothing compares.
    record Nested() implements Value {
        @Override
        public Optional<ValueKey> key() {
            return Optional.empty();
        }
    }

    /// The value of a JSON text.
    ///
    /// @param json one JSON value, as ingest wrote it
    static Value of(String json) {
        return switch (json.isEmpty() ? 'n' : json.charAt(0)) {
            case 'n' -> new Null();
            case 't' -> new Bool(true);
            case 'f' -> new Bool(false);
            case '"' -> words(json);
            case '{', '[' -> new Nested();
            default -> number(json);
        };
    }

    private static Value words(String json) {
        String text = unquoted(json);
        return new Words(text, Moment.parse(text));
    }

    private static Value number(String json) {
        BigDecimal number = Numbers.parse(json);
        return number == null ? new Nested() : new Amount(number);
    }

    private static String unquoted(String json) {
        if (json.indexOf('\\') < 0) {
            return json.substring(1, json.length() - 1);
        }
        try {
            return JsonMapper.shared().readValue(json, String.class);
        } catch (JacksonException e) {
            return json; // no JSON, which ingest never writes
        }
    }
}
