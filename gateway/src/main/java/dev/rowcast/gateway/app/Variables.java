package dev.rowcast.gateway.app;

import java.util.Map;
import java.util.Optional;

/// Variables of the environment. One that is blank is as good as not set.
final class Variables {

    private Variables() {}

    static Optional<String> optional(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
