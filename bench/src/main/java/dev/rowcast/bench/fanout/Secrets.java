package dev.rowcast.bench.fanout;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.bench.processor.Processor;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/// What the gateway under test and the bench know, of one run.
///
/// @param cursor signs cursors
/// @param token signs tokens
record Secrets(String cursor, String token) {

    private static final Duration LONGER_THAN_A_RUN = Duration.ofHours(6);

    static Secrets fresh() {
        return new Secrets(Processor.CURSOR_SECRET, UUID.randomUUID().toString());
    }

    /// The header line that lets a user in.
    String credential(String tenant, String user) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    new JWTClaimsSet.Builder()
                            .subject(user)
                            .claim("tenant_id", tenant)
                            .expirationTime(Date.from(Instant.now().plus(LONGER_THAN_A_RUN)))
                            .build());
            jwt.sign(new MACSigner(token));
            return "Authorization: Bearer " + jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
