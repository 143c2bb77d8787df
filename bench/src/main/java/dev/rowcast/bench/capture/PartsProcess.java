package dev.rowcast.bench.capture;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;

/// Postgres, the broker and the registry in a process of their own: the JVM is the broker (and the registry, which
/// does next to nothing), its children are Postgres. Ends with its input.
final class PartsProcess {

    static final String READY = "READY ";
    static final String STOP_KAFKA = "stop kafka";
    static final String START_KAFKA = "start kafka";
    static final String DONE = "DONE";

    private PartsProcess() {}

    /// @param args the folder for everything, and the one for the unpacked programs
    public static void main(String[] args) throws IOException {
        EmbeddedConfig config = EmbeddedConfig.in(Path.of(args[0]))
                .withParts(EnumSet.of(Part.POSTGRES, Part.KAFKA, Part.REGISTRY))
                .withBinaries(Path.of(args[1]));
        try (EmbeddedParts parts = EmbeddedParts.start(config, StartListener.SILENT);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            // Ctrl-C reaches this process too, and Postgres would outlive it.
            Runtime.getRuntime().addShutdownHook(new Thread(parts::close, "bench-stop-parts"));
            System.out.println(READY
                    + String.join(
                            " ",
                            Integer.toString(parts.postgres().port()),
                            parts.kafka().bootstrapServers(),
                            parts.registry().url()));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                switch (command) {
                    case STOP_KAFKA -> parts.kafka().stop();
                    case START_KAFKA -> parts.kafka().start();
                    default -> throw new IllegalArgumentException(command);
                }
                System.out.println(DONE);
            }
        }
        System.exit(0);
    }
}
