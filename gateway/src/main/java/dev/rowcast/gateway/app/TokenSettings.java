package dev.rowcast.gateway.app;

import dev.rowcast.gateway.auth.TokenRules;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Environment variables to the rules for tokens, the same for a gateway of its own and for one in the process of
/// everything.
public record TokenSettings(Map<String, String> environment) {

    /// @param secret where neither a secret nor the issuer's keys are set
    /// @throws IllegalArgumentException naming the variable that is wrong
    public TokenRules rules(Supplier<String> secret) {
        Optional<URI> keys = optional("ROWCAST_JWT_JWKS").map(TokenSettings::address);
        Optional<String> given = optional("ROWCAST_JWT_SECRET");
        return new TokenRules(
                keys.isPresent() ? given : Optional.of(given.orElseGet(secret)),
                keys,
                list("ROWCAST_JWT_ALGORITHMS").map(Set::copyOf).orElse(TokenRules.DEFAULT_ALGORITHMS),
                optional("ROWCAST_JWT_ISSUER"),
                list("ROWCAST_JWT_AUDIENCE").map(Set::copyOf).orElse(Set.of()),
                list("ROWCAST_JWT_TENANT_CLAIMS").orElse(TokenRules.DEFAULT_TENANT_CLAIMS),
                list("ROWCAST_JWT_TYPES")
                        .map(types -> types.stream()
                                .map(type -> type.toLowerCase(Locale.ROOT))
                                .collect(Collectors.toUnmodifiableSet()))
                        .orElse(TokenRules.DEFAULT_TYPES),
                optional("ROWCAST_COOKIE"));
    }

    /// An address, or else the path of a file.
    private static URI address(String text) {
        try {
            return text.contains("://") ? new URI(text) : Path.of(text).toUri();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("ROWCAST_JWT_JWKS is neither an address nor the path of a file", e);
        }
    }

    private Optional<List<String>> list(String name) {
        return optional(name)
                .map(text -> Stream.of(text.split(","))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList());
    }

    private Optional<String> optional(String name) {
        return Variables.optional(environment, name);
    }
}
