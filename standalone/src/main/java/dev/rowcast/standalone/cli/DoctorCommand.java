package dev.rowcast.standalone.cli;

import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.ingest.Preflight;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.standalone.stack.Addresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Looks at everything that Rowcast stands on; says what is wrong and what mends it. Changes nothing.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks database, catalog, Kafka, registry and gateway; says what mends a fault.")
final class DoctorCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// One thing that was looked at.
    private record Finding(String what, List<Fault> faults) {}

    @Mixin
    private final Home home = new Home();

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            description = "Your rowcast.yaml (default: that of up, or the example's).")
    private Optional<Path> catalog = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Addresses at = home.addresses();
        PrintWriter out = spec.commandLine().getOut();
        List<Fault> faults = Preflight.check(IngestConfig.of(
                at.database(), at.kafka(), at.registry(), Catalog.load(catalog.orElse(Path.of(at.catalog())))));
        List<Finding> findings = List.of(
                new Finding(
                        "Database and catalog",
                        faults.stream().filter(DoctorCommand::isDatabase).toList()),
                new Finding(
                        "Kafka",
                        faults.stream().filter(fault -> about(fault, "BROKER")).toList()),
                new Finding(
                        "Schema registry",
                        faults.stream()
                                .filter(fault -> about(fault, "REGISTRY"))
                                .toList()));
        findings.forEach(finding -> print(finding, out));
        boolean ready = printGateway(at, out);
        out.flush();
        return faults.isEmpty() && ready ? 0 : 1;
    }

    private static boolean isDatabase(Fault fault) {
        return !about(fault, "BROKER") && !about(fault, "REGISTRY");
    }

    private static boolean about(Fault fault, String part) {
        return fault.code().name().startsWith(part);
    }

    private static void print(Finding finding, PrintWriter out) {
        if (finding.faults().isEmpty()) {
            out.println("✔ " + finding.what());
        }
        for (Fault fault : finding.faults()) {
            out.println("✖ %s: %s [%s]"
                    .formatted(finding.what(), fault.reason(), fault.code().label()));
            out.println("    " + fault.fix());
        }
    }

    private static boolean printGateway(Addresses at, PrintWriter out) throws InterruptedException {
        URI ready = URI.create(at.gateway() + "/health/ready");
        String answer;
        try {
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(ready).timeout(PATIENCE).build(), BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                out.println("✔ Gateway");
                return true;
            }
            answer = "it says " + response.statusCode() + " " + response.body();
        } catch (IOException e) {
            answer = "it does not answer; is ./rowcast up running?";
        }
        out.println("✖ Gateway: %s [NOT_READY]".formatted(answer));
        out.println("    GET " + ready + " says what is missing once it answers");
        return false;
    }
}
