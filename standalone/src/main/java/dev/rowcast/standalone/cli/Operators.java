package dev.rowcast.standalone.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// Asks the streams processor's port for operators, and prints its answer.
final class Operators {

    @Option(
            names = "--processor",
            paramLabel = "URL",
            description = "Port for operators of a streams processor (default: that of up).")
    private Optional<String> processor = Optional.empty();

    @Option(names = "--json", description = "The processor's answer as it is.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /// @param home where `up` says which port it has
    /// @param text prints the answer for people
    /// @return the exit code
    int answer(Home home, String path, Map<String, String> query, BiConsumer<JsonNode, PrintWriter> text)
            throws InterruptedException {
        String base = processor.orElseGet(() -> home.addresses().management());
        PrintWriter out = spec.commandLine().getOut();
        try {
            JsonNode answer = new Processor(base).ask(path, query);
            if (json) {
                out.println(answer.toPrettyString());
            } else {
                text.accept(answer, out);
            }
            out.flush();
            return 0;
        } catch (Processor.RefusedException e) {
            spec.commandLine().getErr().println("rowcast: " + e.getMessage());
            return e.exitCode();
        }
    }
}
