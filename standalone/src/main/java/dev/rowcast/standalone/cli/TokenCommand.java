package dev.rowcast.standalone.cli;

import com.nimbusds.jose.JOSEException;
import java.time.Duration;
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
        spec.commandLine().getOut().println(SampleToken.of(home.data(), subject, tenant, timeToLive));
        return 0;
    }
}
