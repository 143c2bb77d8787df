package dev.rowcast.standalone.cli;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.standalone.stack.Secrets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/// A token for trying things out, signed with the development secret of the data folder.
final class SampleToken {

    private SampleToken() {}

    /// @param data the folder of the running `up`
    static String of(Path data, String subject, String tenant, Duration life) throws JOSEException {
        Instant now = Instant.now();
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .subject(subject)
                        .claim("tenant_id", tenant)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(life)))
                        .build());
        token.sign(new MACSigner(Secrets.of(data).jwt()));
        return token.serialize();
    }
}
