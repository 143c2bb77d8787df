package dev.rowcast.schemas.protocol;

import java.time.Duration;

/// What the records of this package demand of code that builds them. Input from outside is checked by [Members].
final class Checks {
    /// The largest integer that every JSON reader keeps exact: 2^53 - 1.
    static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

    private Checks() {}

    static void that(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    /// A value between 0 and [#MAX_SAFE_INTEGER].
    static long counter(String name, long value) {
        if (value < 0 || value > MAX_SAFE_INTEGER) {
            throw new IllegalArgumentException(name + " must be between 0 and 2^53 - 1, but is " + value);
        }
        return value;
    }

    /// The duration as the wire can say it: whole milliseconds, not negative.
    static Duration millis(String name, Duration value) {
        return Duration.ofMillis(counter(name, value.toMillis()));
    }

    /// The duration as the wire can say it: whole seconds, not negative.
    static Duration seconds(String name, Duration value) {
        return Duration.ofSeconds(counter(name, value.toSeconds()));
    }
}
