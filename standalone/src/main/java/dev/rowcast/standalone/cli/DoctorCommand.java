package dev.rowcast.standalone.cli;

import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.check.Severity;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.standalone.doctor.Doctor;
import dev.rowcast.standalone.doctor.JsonReport;
import dev.rowcast.standalone.doctor.Patient;
import dev.rowcast.standalone.doctor.TextReport;
import dev.rowcast.standalone.stack.Addresses;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Looks at everything that Rowcast stands on; says what is wrong and what mends it. Changes nothing.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Checks database, catalog, Kafka, registry, Redis and gateway; says what mends a fault.",
        footer = {
            "",
            "What is not named is where the last ./rowcast up put it. Exit code: 0 all well, 1 something to mend."
        })
final class DoctorCommand implements Callable<Integer> {

    @Mixin
    private final Home home = new Home();

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            defaultValue = "${env:ROWCAST_CATALOG}",
            description = "Your rowcast.yaml (default: that of up).")
    private Optional<Path> catalog = Optional.empty();

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            defaultValue = "${env:DATABASE_URL}",
            description = "Your Postgres.")
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--role",
            description = "Whose rights to look at, such as rowcast_capture (default: the user of the URL).")
    private Optional<String> role = Optional.empty();

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS}",
            description = "Your Kafka.")
    private Optional<String> kafka = Optional.empty();

    @Option(
            names = "--registry",
            paramLabel = "URL",
            defaultValue = "${env:SCHEMA_REGISTRY_URL}",
            description = "Your schema registry.")
    private Optional<String> registry = Optional.empty();

    @Option(names = "--redis", paramLabel = "URL", defaultValue = "${env:REDIS_URL}", description = "Your Redis.")
    private Optional<String> redis = Optional.empty();

    @Option(names = "--json", description = "One JSON document instead of text.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        List<Finding> findings = Doctor.examine(patient());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonReport.of(findings));
            out.flush();
        } else {
            new TextReport(out, ProgressBar.onTerminal()).print(findings);
        }
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR) ? 1 : 0;
    }

    private Patient patient() {
        boolean named = database.isPresent() || kafka.isPresent() || registry.isPresent() || redis.isPresent();
        Optional<Addresses> up = Addresses.find(home.data());
        if (!named && up.isEmpty()) {
            Addresses.load(home.data()); // says that nothing was started
        }
        return new Patient(
                catalog.or(() -> up.map(at -> Path.of(at.catalog())))
                        .orElseThrow(() -> missing("--catalog rowcast.yaml")),
                database.map(this::url).or(() -> up.map(Addresses::database)),
                role,
                kafka.or(() -> up.map(Addresses::kafka)),
                registry.or(() -> up.map(Addresses::registry)),
                redis.or(() -> up.flatMap(Addresses::redis)),
                up.map(Addresses::gateway));
    }

    private DatabaseUrl url(String text) {
        try {
            return DatabaseUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private ParameterException missing(String option) {
        return new ParameterException(spec.commandLine(), "give " + option);
    }
}
