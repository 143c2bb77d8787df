package dev.rowcast.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.gateway.auth.Outcome.Granted;
import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Verifies JWTs signed with HS256 and nothing else: the algorithm is ours to choose, not the token's. Keys that a
/// token brings along (`jwk`, `jku`, `x5u`, `kid`) are not looked at.
public final class Tokens {

    private static final int SHORTEST_SECRET_BYTES = 32;
    private static final Duration LEEWAY = Duration.ofSeconds(60);
    private static final List<List<String>> TENANT_CLAIMS =
            List.of(List.of("tenant_id"), List.of("tenant"), List.of("org_id"), List.of("app_metadata", "tenant_id"));

    private final JWSVerifier verifier;
    private final Clock clock;

    /// @param secret at least 32 bytes
    /// @throws IllegalArgumentException when the secret is shorter
    public Tokens(String secret, Clock clock) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SHORTEST_SECRET_BYTES) {
            throw new IllegalArgumentException("the token secret has %d bytes; set ROWCAST_JWT_SECRET to %d or more"
                    .formatted(bytes.length, SHORTEST_SECRET_BYTES));
        }
        try {
            this.verifier = new MACVerifier(bytes);
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
        this.clock = clock;
    }

    Outcome verify(String token, Scope scope) {
        if (scope == Scope.PUBLISH) {
            return new Refused(
                    ErrorCode.SCOPE_MISSING, "A token lacks the scope 'publish'; use a secret key that has it.");
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!jwt.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256) || !jwt.verify(verifier)) {
                return refused("The token is not signed with this installation's secret by HS256.");
            }
            return judge(jwt.getJWTClaimsSet());
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            // The cause is not told: its text may repeat the token.
            return refused("The credential is neither a key nor a readable token.");
        }
    }

    private Outcome judge(JWTClaimsSet claims) throws ParseException {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            return refused("The token has no 'exp'.");
        }
        if (!now.isBefore(expires.toInstant().plus(LEEWAY))) {
            return new Refused(ErrorCode.TOKEN_EXPIRED, "The token expired at " + expires.toInstant() + ".");
        }
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && now.plus(LEEWAY).isBefore(notBefore.toInstant())) {
            return refused("The token is valid only from " + notBefore.toInstant() + ".");
        }
        Optional<String> tenant = tenant(claims);
        if (tenant.isEmpty()) {
            return refused("The token names no tenant; put it into 'tenant_id'.");
        }
        // Within the leeway the clocks disagree; such a token ends with the leeway.
        Instant end = expires.toInstant().isAfter(now)
                ? expires.toInstant()
                : expires.toInstant().plus(LEEWAY);
        String subject = claims.getSubject();
        Principal principal = subject == null || subject.isEmpty()
                ? Principal.ANONYMOUS
                : new Principal(Principal.Kind.USER, subject);
        return new Granted(new Identity(new TenantId(tenant.get()), principal, Optional.of(end)));
    }

    private static Optional<String> tenant(JWTClaimsSet claims) {
        for (List<String> path : TENANT_CLAIMS) {
            Object at = claims.getClaims();
            for (String name : path) {
                at = at instanceof Map<?, ?> map ? map.get(name) : null;
            }
            if (at instanceof String text && !text.isEmpty()) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }

    private static Refused refused(String reason) {
        return new Refused(ErrorCode.AUTH_FAILED, reason);
    }
}
