package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/// One KRaft broker, its own controller, in this process, on 127.0.0.1.
///
/// The only class that knows the broker's internals, which promise no compatibility.
public final class Kafka implements EmbeddedPart {
    private final Path folder;
    private final int port;
    private final Map<String, String> furtherSettings;
    private @Nullable KafkaRaftServer server;

    private Kafka(Path folder, int port, Map<String, String> furtherSettings) {
        this.folder = folder;
        this.port = port;
        this.furtherSettings = furtherSettings;
    }

    static Kafka start(EmbeddedConfig config) {
        Folders.create(config.folder());
        Path folder = config.folder().resolve("kafka");
        var kafka = new Kafka(folder, Ports.take(Part.KAFKA, config.port(Part.KAFKA)), config.kafkaSettings());
        kafka.start();
        return kafka;
    }

    @Override
    public synchronized void start() {
        if (server != null) {
            return;
        }
        Ports.take(Part.KAFKA, port);
        Folders.createWhole(folder, Kafka::format);
        var settings = new HashMap<>(BrokerSettings.of(folder, port, Ports.take(Part.KAFKA, 0)));
        settings.putAll(furtherSettings);
        var starting = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        try {
            starting.startup();
        } catch (RuntimeException e) {
            starting.shutdown();
            throw new EmbeddedException(Code.START_FAILED, "Kafka did not start in " + folder + ": " + e, e);
        }
        server = starting;
    }

    /// Hands over, writes everything out and stops; clients see a broker that is away.
    @Override
    public synchronized void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    public String bootstrapServers() {
        return Ports.HOST + ":" + port;
    }

    @Override
    public int port() {
        return port;
    }

    private static void format(Path draft) throws Exception {
        var formatter = new Formatter();
        formatter.setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        formatter.setNodeId(BrokerSettings.NODE_ID);
        formatter.setClusterId(Uuid.randomUuid().toString());
        formatter.addDirectory(draft.toString());
        formatter.setReleaseVersion(MetadataVersion.latestProduction());
        formatter.setControllerListenerName(BrokerSettings.CONTROLLER);
        formatter.setMetadataLogDirectory(draft.toString());
        formatter.setSupportedFeatures(Feature.PRODUCTION_FEATURES);
        // A static quorum: the voter's port is then not written down, and may be another at each start.
        formatter.setHasDynamicQuorum(false);
        formatter.run();
    }
}
