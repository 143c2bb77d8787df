package dev.rowcast.standalone.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command itself: without a verb it says what there is.
@Command(
        name = "rowcast",
        description = "When a row changes in Postgres, everyone who may see it knows within milliseconds.",
        mixinStandardHelpOptions = true,
        version = "Rowcast 0.1.0",
        subcommands = {
            UpCommand.class,
            SqlCommand.class,
            TopicsCommand.class,
            TailCommand.class,
            TokenCommand.class,
            KeyCommand.class,
            BackfillCommand.class,
            DoctorCommand.class,
            InitCommand.class,
            ExplainCommand.class,
            WhoCommand.class,
            CacheCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {"", "Also: rowcast test (all tests and gates), rowcast bench (measurements)."})
public final class Rowcast implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Rowcast() {}

    /// Runs the command line.
    ///
    /// @return the exit code: 0 done, 1 failed, 2 wrong usage
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Rowcast())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("rowcast: " + Failures.explain(failure));
                    return 1;
                })
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do, for example: rowcast up");
    }
}
