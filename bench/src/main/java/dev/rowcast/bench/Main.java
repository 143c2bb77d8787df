package dev.rowcast.bench;

import dev.rowcast.bench.cache.CacheCommand;
import dev.rowcast.bench.capture.CaptureCommand;
import dev.rowcast.bench.fanout.FanoutCommand;
import dev.rowcast.bench.topology.TopologyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Entry point of `rowcast bench`.
@Command(
        name = "rowcast bench",
        description = "Measures, on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = {
            CacheCommand.class,
            CaptureCommand.class,
            FanoutCommand.class,
            LatencyCommand.class,
            IdleCommand.class,
            TopologyCommand.class
        })
public final class Main implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to measure, for example: rowcast bench latency");
    }
}
