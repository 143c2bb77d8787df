package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import dev.rowcast.embedded.registry.RegistryServer;
import org.jspecify.annotations.Nullable;

/// The schema registry: Confluent's REST API for Avro on 127.0.0.1, kept in topic `_schemas`.
public final class Registry implements EmbeddedPart {
    private final String bootstrapServers;
    private final int port;
    private @Nullable RegistryServer server;

    private Registry(String bootstrapServers, int port) {
        this.bootstrapServers = bootstrapServers;
        this.port = port;
    }

    static Registry start(EmbeddedConfig config, String bootstrapServers) {
        var registry = new Registry(bootstrapServers, Ports.take(Part.REGISTRY, config.port(Part.REGISTRY)));
        registry.start();
        return registry;
    }

    @Override
    public synchronized void start() {
        if (server == null) {
            Ports.take(Part.REGISTRY, port);
            try {
                server = RegistryServer.start(port, bootstrapServers);
            } catch (RuntimeException e) {
                throw new EmbeddedException(
                        Code.START_FAILED,
                        "schema registry did not start with Kafka at " + bootstrapServers + ": " + e.getMessage(),
                        e);
            }
        }
    }

    @Override
    public synchronized void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    public String url() {
        return "http://" + Ports.HOST + ":" + port;
    }

    @Override
    public int port() {
        return port;
    }
}
