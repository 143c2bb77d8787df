package dev.rowcast.standalone.cli;

import com.nimbusds.jose.JOSEException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What the caches do, to look at.
@Command(
        name = "cache",
        mixinStandardHelpOptions = true,
        description = "Shows what the caches do: rowcast cache watch vault/1")
final class CacheCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do, for example: rowcast cache watch vault/1");
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Reads a row ten times a second and says when its answer comes from elsewhere or is another.",
            footer = {"", "Exit code: 0 watched, 2 wrong input, 1 nobody answers."})
    int watch(
            @Mixin Home home,
            @Parameters(paramLabel = "ENTITY/ID", description = "Such as vault/1.") String row,
            @Option(
                            names = "--sub",
                            defaultValue = "alice",
                            description = "Who reads (default: ${DEFAULT-VALUE}, with a sample token).")
                    String subject,
            @Option(names = "--tenant", defaultValue = "demo", description = "The tenant (default: ${DEFAULT-VALUE}).")
                    String tenant,
            @Option(names = "--seconds", defaultValue = "60", description = "How long (default: ${DEFAULT-VALUE}).")
                    int seconds)
            throws JOSEException, IOException, InterruptedException {
        if (!row.matches("[^/?#]+/[^/?#]+") || seconds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "name a row as ENTITY/ID, such as vault/1, and at least one second");
        }
        URI address = URI.create(home.addresses().gateway() + "/v1/entities/" + row);
        String token = SampleToken.of(home.data(), subject, tenant, Duration.ofSeconds(seconds + 60L));
        try (HttpClient client = HttpClient.newHttpClient()) {
            new CacheWatch(client, address, token, spec.commandLine().getOut()).run(Duration.ofSeconds(seconds));
        }
        return 0;
    }
}
