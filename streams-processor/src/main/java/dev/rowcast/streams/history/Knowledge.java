package dev.rowcast.streams.history;

import java.util.Optional;

/// What is known of a value as of a moment.
public sealed interface Knowledge<V> {

    /// @param value empty when there was none then
    record Known<V>(Optional<V> value) implements Knowledge<V> {}

    /// It is too long ago. Whoever decides on access takes it for a no.
    record Unknown<V>() implements Knowledge<V> {}

    /// The value, where there is one for certain.
    default Optional<V> certain() {
        return switch (this) {
            case Known<V>(Optional<V> value) -> value;
            case Unknown<V> unknown -> Optional.empty();
        };
    }
}
