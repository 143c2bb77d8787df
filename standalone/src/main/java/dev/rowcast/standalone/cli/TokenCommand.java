package dev.rowcast.standalone.cli;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.standalone.stack.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// A token for trying things out, signed with the development secret of the data folder.
@Command(name = "token", mixinStandardHelpOptions = true, description = "Prints a sample JWT for the embedded gateway.")
final class TokenCommand implements Callable<Integer> {

    @Mixin
    private final Home home = new Home();

    @Option(
            names = "--sub",
            defaultValue = "alice",
            description =
                    "The user (default: ${DEFAULT-VALUE}). In the vaults example: alice, bob; anybody else is a member of nothing.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String subject;

    @Option(names = "--tenant", defaultValue = "demo", description = "The tenant (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String tenant;

    @Option(names = "--ttl", defaultValue = "PT1H", description = "How long it lives, ISO 8601 (default: 1 hour).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Duration timeToLive;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws JOSEException {
        Instant now = Instant.now();
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .subject(subject)
                        .claim("tenant_id", tenant)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(timeToLive)))
                        .build());
        token.sign(new MACSigner(Secrets.of(home.data()).jwt()));
        spec.commandLine().getOut().println(token.serialize());
        return 0;
    }
}
