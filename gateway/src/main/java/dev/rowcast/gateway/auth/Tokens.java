package dev.rowcast.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.gateway.auth.IssuerKeys.Found;
import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.protocol.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Verifies JWTs. The algorithms are ours to choose, not the token's, and each goes to its own verifier: HS256 to the
/// shared secret, the others to the issuer's published keys. Keys that a token brings along (`jwk`, `jku`, `x5u`,
/// `x5c`) are not looked at.
///
/// Safe for use by several threads; never blocks.
public final class Tokens implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Tokens.class);

    private static final int MOST_CHARS = 8 << 10;

    private final TokenRules rules;
    private final Claims claims;
    private final Optional<JWSVerifier> secret;
    private final Optional<IssuerKeys> issuer;

    /// @param tenancy whose rows there are; where they are one tenant's, a token need not name it
    public Tokens(TokenRules rules, Tenancy tenancy, Clock clock, MeterRegistry meters) {
        this(
                rules,
                tenancy,
                clock,
                rules.keys()
                        .map(address ->
                                new IssuerKeys(IssuerSource.of(address), IssuerKeys.Timing.DEFAULT, clock, meters)));
        if (issuer.isPresent() && rules.audiences().isEmpty()) {
            log.atWarn().log("Tokens that the issuer made for others let in too; set ROWCAST_JWT_AUDIENCE");
        }
    }

    Tokens(TokenRules rules, Tenancy tenancy, Clock clock, Optional<IssuerKeys> issuer) {
        this.rules = rules;
        this.claims = new Claims(rules, tenancy, clock);
        this.secret = rules.secret().map(Tokens::hmac);
        this.issuer = issuer;
    }

    /// Judges a token, nearly always at once.
    CompletionStage<Outcome> verify(String token) {
        if (token.length() > MOST_CHARS) {
            return refused("The token has %d characters; it may have %d.".formatted(token.length(), MOST_CHARS));
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            if (header.getCriticalParams() != null) {
                return refused("The token has a header 'crit'; nothing that it could name is understood here.");
            }
            if (!rules.types().contains(type(header))) {
                return refused("The token's 'typ' is not one that this installation takes.");
            }
            return verify(jwt, header.getAlgorithm());
        } catch (ParseException | IllegalArgumentException e) {
            // The cause is not told: its text may repeat the token.
            return refused("The credential is neither a key nor a readable token.");
        }
    }

    private CompletionStage<Outcome> verify(SignedJWT jwt, JWSAlgorithm algorithm) {
        if (algorithm.equals(JWSAlgorithm.HS256) && secret.isPresent()) {
            return CompletableFuture.completedStage(judge(jwt, secret.get()));
        }
        if (issuer.isPresent() && rules.algorithms().contains(algorithm.getName())) {
            return issuer.get().find(jwt.getHeader()).thenApply(found -> switch (found) {
                case Found.Key(JWSVerifier verifier) -> judge(jwt, verifier);
                case Found.Unknown() ->
                    new Refused(
                            ErrorCode.AUTH_FAILED, "The token is signed with a key that its issuer does not publish.");
                case Found.Unreachable() ->
                    new Refused(ErrorCode.ISSUER_UNREACHABLE, ErrorCode.ISSUER_UNREACHABLE.meaning());
            });
        }
        return refused("The token is not signed by an algorithm that this installation takes.");
    }

    private Outcome judge(SignedJWT jwt, JWSVerifier verifier) {
        try {
            return jwt.verify(verifier)
                    ? claims.judge(jwt.getJWTClaimsSet())
                    : new Refused(ErrorCode.AUTH_FAILED, "The token's signature is wrong.");
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return new Refused(ErrorCode.AUTH_FAILED, "The token's claims cannot be read.");
        }
    }

    /// In lower case, without the `application/` that RFC 7515 lets one leave out.
    private static String type(JWSHeader header) {
        if (header.getType() == null) {
            return TokenRules.UNTYPED;
        }
        String type = header.getType().getType().toLowerCase(Locale.ROOT);
        return type.startsWith("application/") ? type.substring("application/".length()) : type;
    }

    private static JWSVerifier hmac(String secret) {
        try {
            return new MACVerifier(secret.getBytes(StandardCharsets.UTF_8));
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }

    private static CompletionStage<Outcome> refused(String reason) {
        return CompletableFuture.completedStage(new Refused(ErrorCode.AUTH_FAILED, reason));
    }

    @Override
    public void close() {
        issuer.ifPresent(IssuerKeys::close);
    }
}
