package dev.rowcast.standalone.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// Says why an event did or did not reach somebody.
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Says why a change did or did not reach somebody.",
        footer = {
            "",
            "Exit code: 0 explained, 2 wrong input, 3 not found, 1 nobody answers.",
            "Shows keys and names of channels and principals, and no other values of rows."
        })
final class ExplainCommand implements Callable<Integer> {

    @Mixin
    private final Home home = new Home();

    @Parameters(
            paramLabel = "EVENT_ID",
            description = "The header ce_id of a record, tx of a message, or the id of a published event.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String event;

    @Option(
            names = "--principal",
            paramLabel = "WHO",
            description = "Whom it should have reached: user:alice, key:pk_demo or anonymous.")
    private String principal = "";

    @Option(names = "--tenant", description = "Only this tenant's events.")
    private String tenant = "";

    @Option(
            names = "--processor",
            paramLabel = "URL",
            description = "Port for operators of a streams processor (default: that of up).")
    private Optional<String> processor = Optional.empty();

    @Option(names = "--json", description = "The processor's answer as it is.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        String base = processor.orElseGet(() -> home.addresses().management());
        PrintWriter out = spec.commandLine().getOut();
        try {
            JsonNode answer = new Processor(base)
                    .ask("explain/" + Processor.encode(event), Map.of("principal", principal, "tenant", tenant));
            if (json) {
                out.println(answer.toPrettyString());
                out.flush();
            } else {
                new ExplanationText(out).print(answer);
            }
            return 0;
        } catch (Processor.RefusedException e) {
            spec.commandLine().getErr().println("rowcast: " + e.getMessage());
            return e.exitCode();
        }
    }
}
