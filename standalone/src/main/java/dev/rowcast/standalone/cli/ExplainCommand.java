package dev.rowcast.standalone.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

    @Mixin
    private final Operators operators = new Operators();

    @Override
    public Integer call() throws InterruptedException {
        return operators.answer(
                home,
                "explain/" + Processor.encode(event),
                Map.of("principal", principal, "tenant", tenant),
                (answer, out) -> new ExplanationText(out).print(answer));
    }
}
