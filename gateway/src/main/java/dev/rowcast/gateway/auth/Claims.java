package dev.rowcast.gateway.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.rowcast.gateway.auth.Outcome.Granted;
import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What the claims of a token say, whose signature is right.
record Claims(TokenRules rules, Tenancy tenancy, Clock clock) {

    private static final Duration LEEWAY = Duration.ofSeconds(60);
    private static final int LONGEST_SUBJECT = 256;
    private static final String CHANNELS = "channels";

    /// @throws IllegalArgumentException when a claim is not of its kind
    Outcome judge(JWTClaimsSet claims) throws ParseException {
        if (rules.issuer().isPresent() && !rules.issuer().get().equals(claims.getIssuer())) {
            return refused("The token is of another issuer than '%s'."
                    .formatted(rules.issuer().get()));
        }
        if (!rules.audiences().isEmpty() && Collections.disjoint(rules.audiences(), claims.getAudience())) {
            return refused("The token is not for this installation; its 'aud' must name one of %s."
                    .formatted(String.join(", ", rules.audiences())));
        }
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            return refused("The token has no 'exp'.");
        }
        Instant end = expires.toInstant();
        if (!now.isBefore(end.plus(LEEWAY))) {
            return new Refused(ErrorCode.TOKEN_EXPIRED, "The token expired at " + end + ".");
        }
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && now.plus(LEEWAY).isBefore(notBefore.toInstant())) {
            return refused("The token is valid only from " + notBefore.toInstant() + ".");
        }
        Optional<String> tenant = tenant(claims);
        if (tenant.isEmpty()) {
            return refused(
                    switch (tenancy) {
                        case Tenancy.Column column ->
                            "The token names no tenant; put it into '%s'."
                                    .formatted(rules.tenantClaims().getFirst());
                        case Tenancy.Constant constant -> "The token is of another tenant than this installation's.";
                    });
        }
        // Within the leeway the clocks disagree; such a token ends with the leeway.
        Instant last = end.isAfter(now) ? end : end.plus(LEEWAY);
        return new Granted(new Identity(
                new TenantId(tenant.get()),
                principal(claims),
                Optional.of(last),
                reach(claims),
                Optional.of(claims.toString())));
    }

    private static Principal principal(JWTClaimsSet claims) {
        String subject = claims.getSubject();
        if (subject == null || subject.isEmpty()) {
            return Principal.ANONYMOUS;
        }
        if (subject.length() > LONGEST_SUBJECT) {
            throw new IllegalArgumentException("a subject has at most %d characters".formatted(LONGEST_SUBJECT));
        }
        return new Principal(Principal.Kind.USER, subject);
    }

    private static Reach reach(JWTClaimsSet claims) throws ParseException {
        if (!claims.getClaims().containsKey(CHANNELS)) {
            return Reach.ALL;
        }
        List<String> named = claims.getStringListClaim(CHANNELS);
        if (named == null || named.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("the claim 'channels' is a list of texts");
        }
        return Reach.of(named);
    }

    /// The first that is named; where there is one only, that one, unless the token names any other.
    private Optional<String> tenant(JWTClaimsSet claims) {
        Stream<String> named = rules.tenantClaims().stream().flatMap(name -> named(claims, name));
        return switch (tenancy) {
            case Tenancy.Column column -> named.filter(text -> !text.isEmpty()).findFirst();
            case Tenancy.Constant(String only) -> named.allMatch(only::equals) ? Optional.of(only) : Optional.empty();
        };
    }

    /// A name with dots may be the whole name of a claim, as those that are addresses have them.
    private static Stream<String> named(JWTClaimsSet claims, String name) {
        return Stream.of(Optional.ofNullable(claims.getClaim(name)), at(claims.getClaims(), name.split("\\.")))
                .flatMap(Optional::stream)
                .map(Claims::text);
    }

    private static Optional<Object> at(Map<String, Object> claims, String... path) {
        Object at = claims;
        for (String name : path) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return Optional.ofNullable(at);
    }

    /// @return no text for what can be no tenant's name
    private static String text(Object claim) {
        return switch (claim) {
            case String text -> text;
            case Long number -> number.toString();
            default -> "";
        };
    }

    private static Refused refused(String reason) {
        return new Refused(ErrorCode.AUTH_FAILED, reason);
    }
}
