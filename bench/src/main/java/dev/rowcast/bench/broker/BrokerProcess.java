package dev.rowcast.bench.broker;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;

/// A broker and a registry in a process of their own. Ends with its input.
final class BrokerProcess {

    static final String READY = "READY ";

    private BrokerProcess() {}

    /// @param args the folder for everything
    public static void main(String[] args) throws IOException {
        EmbeddedConfig config = EmbeddedConfig.in(Path.of(args[0]))
                .withParts(EnumSet.of(Part.KAFKA, Part.REGISTRY))
                // To see what a session shorter than a broker allows by itself is worth.
                .withKafkaSetting("group.min.session.timeout.ms", "500");
        try (EmbeddedParts parts = EmbeddedParts.start(config, StartListener.SILENT)) {
            System.out.println(READY
                    + parts.kafka().bootstrapServers() + " "
                    + parts.registry().url());
            while (System.in.read() >= 0) {
                // Nothing is asked of it.
            }
        }
        System.exit(0);
    }
}
