package dev.rowcast.gateway.auth;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Which tokens let in. At least one of `secret` and `keys` is there; each signs its own algorithms only.
///
/// @param secret of HS256, at least 32 bytes, shared with whoever issues tokens
/// @param keys where the issuer publishes its keys (JWKS): `https:`, `file:`, or `http:` on this machine
/// @param algorithms that the issuer's keys may sign with; never one of a shared secret
/// @param issuer that `iss` must be; empty takes any
/// @param audiences of which `aud` must name one; empty takes any
/// @param tenantClaims where the tenant is looked for, in this order: names, or paths with dots
/// @param types that `typ` may be, in lower case; [#UNTYPED] takes tokens without one
/// @param cookie the name of a cookie that may hold one, for event streams; empty looks at no cookie
public record TokenRules(
        Optional<String> secret,
        Optional<URI> keys,
        Set<String> algorithms,
        Optional<String> issuer,
        Set<String> audiences,
        List<String> tenantClaims,
        Set<String> types,
        Optional<String> cookie) {

    /// Stands for tokens that say no type.
    public static final String UNTYPED = "untyped";

    /// What the issuer's keys sign with where nothing else is set.
    public static final Set<String> DEFAULT_ALGORITHMS = Set.of("RS256", "ES256", "EdDSA");

    /// Where the tenant is looked for where nothing else is set.
    public static final List<String> DEFAULT_TENANT_CLAIMS =
            List.of("tenant_id", "tenant", "org_id", "app_metadata.tenant_id");

    /// Which types are taken where nothing else is set.
    public static final Set<String> DEFAULT_TYPES = Set.of("jwt", "at+jwt", UNTYPED);

    private static final Set<String> KNOWN_ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern COOKIE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int SHORTEST_SECRET_BYTES = 32;

    /// @throws IllegalArgumentException naming what is wrong, never the secret
    public TokenRules {
        algorithms = Set.copyOf(algorithms);
        audiences = Set.copyOf(audiences);
        tenantClaims = List.copyOf(tenantClaims);
        types = Set.copyOf(types);
        if (secret.isEmpty() && keys.isEmpty()) {
            throw new IllegalArgumentException("no token can be verified; set ROWCAST_JWT_SECRET or ROWCAST_JWT_JWKS");
        }
        secret.ifPresent(TokenRules::checkSecret);
        keys.ifPresent(TokenRules::checkKeys);
        notEmpty("algorithm", algorithms);
        notEmpty("tenant claim", tenantClaims);
        notEmpty("type", types);
        if (cookie.isPresent() && !COOKIE.matcher(cookie.get()).matches()) {
            throw new IllegalArgumentException(
                    "a cookie's name has 1 to 64 letters, digits, '_', '-' and '.', is '%s'".formatted(cookie.get()));
        }
        for (String algorithm : algorithms) {
            if (!KNOWN_ALGORITHMS.contains(algorithm)) {
                throw new IllegalArgumentException("a token's algorithm must be one of %s, is '%s'"
                        .formatted(String.join(", ", new TreeSet<>(KNOWN_ALGORITHMS)), algorithm));
            }
        }
        for (String type : types) {
            if (!type.equals(type.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "a token's type is compared in lower case, so it must be, is '%s'".formatted(type));
            }
        }
    }

    /// Tokens signed with HS256 and this secret.
    public static TokenRules ofSecret(String secret) {
        return new TokenRules(
                Optional.of(secret),
                Optional.empty(),
                DEFAULT_ALGORITHMS,
                Optional.empty(),
                Set.of(),
                DEFAULT_TENANT_CLAIMS,
                DEFAULT_TYPES,
                Optional.empty());
    }

    /// The same, with a cookie that may hold a token.
    public TokenRules withCookie(String name) {
        return new TokenRules(secret, keys, algorithms, issuer, audiences, tenantClaims, types, Optional.of(name));
    }

    /// Leaves the secret out.
    @Override
    public String toString() {
        return "TokenRules[secret=%s, keys=%s, algorithms=%s, issuer=%s, audiences=%s, tenantClaims=%s, types=%s, cookie=%s]"
                .formatted(
                        secret.isPresent() ? "hidden" : "none",
                        keys.map(URI::toString).orElse("none"),
                        algorithms,
                        issuer.orElse("any"),
                        audiences,
                        tenantClaims,
                        types,
                        cookie.orElse("none"));
    }

    private static void checkSecret(String secret) {
        int length = secret.getBytes(StandardCharsets.UTF_8).length;
        if (length < SHORTEST_SECRET_BYTES) {
            throw new IllegalArgumentException("the token secret has %d bytes; set ROWCAST_JWT_SECRET to %d or more"
                    .formatted(length, SHORTEST_SECRET_BYTES));
        }
    }

    private static void checkKeys(URI keys) {
        String scheme = String.valueOf(keys.getScheme()).toLowerCase(Locale.ROOT);
        boolean taken = switch (scheme) {
            case "file" -> keys.getPath() != null;
            case "https" -> keys.getHost() != null && keys.getUserInfo() == null;
            case "http" -> keys.getHost() != null && keys.getUserInfo() == null && LOOPBACK.contains(keys.getHost());
            default -> false;
        };
        if (!taken) {
            // Without what stands before the host, which may be a password.
            throw new IllegalArgumentException(
                    "the issuer's keys are read from a file or over https (http on this machine only), not from '%s://%s'"
                            .formatted(scheme, String.valueOf(keys.getHost())));
        }
    }

    private static void notEmpty(String what, Collection<String> values) {
        if (values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("a token needs at least one %s, and none may be blank".formatted(what));
        }
    }
}
