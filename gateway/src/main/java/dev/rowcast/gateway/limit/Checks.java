package dev.rowcast.gateway.limit;

import java.time.Duration;

/// Refuses settings that cannot be meant, naming the limit and the value.
final class Checks {

    private Checks() {}

    static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("limit %s must be at least 1, is %d".formatted(name, value));
        }
    }

    static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("limit %s must be positive, is %s".formatted(name, value));
        }
    }
}
