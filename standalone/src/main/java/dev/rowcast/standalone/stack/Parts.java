package dev.rowcast.standalone.stack;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// The parts, whether embedded or somebody else's.
///
/// @param embedded those that this process started; closing it stops them
record Parts(EmbeddedParts embedded, DatabaseUrl database, String kafka, String redis, String registry)
        implements AutoCloseable {

    static Parts start(StackSettings settings, StackListener listener) {
        EmbeddedConfig config = EmbeddedConfig.in(settings.data()).withParts(missing(settings));
        for (Map.Entry<Part, Integer> port : settings.partPorts().entrySet()) {
            config = config.withPort(port.getKey(), port.getValue());
        }
        if (settings.kafka().isPresent()) {
            config = config.withRegistryKafka(settings.kafka().get());
        }
        EmbeddedParts embedded = EmbeddedParts.start(
                config, (part, port, took) -> listener.ready(name(part), "127.0.0.1:" + port, took));
        return new Parts(
                embedded,
                settings.database().orElseGet(() -> database(embedded)),
                settings.kafka().orElseGet(() -> embedded.kafka().bootstrapServers()),
                settings.redis().orElseGet(() -> embedded.redis().url()),
                settings.registry().orElseGet(() -> embedded.registry().url()));
    }

    private static String name(Part part) {
        return switch (part) {
            case POSTGRES -> "Postgres";
            case KAFKA -> "Kafka";
            case REDIS -> "Redis";
            case REGISTRY -> "Schema registry";
        };
    }

    private static Set<Part> missing(StackSettings settings) {
        Set<Part> parts = EnumSet.allOf(Part.class);
        settings.database().ifPresent(theirs -> parts.remove(Part.POSTGRES));
        settings.kafka().ifPresent(theirs -> parts.remove(Part.KAFKA));
        settings.redis().ifPresent(theirs -> parts.remove(Part.REDIS));
        settings.registry().ifPresent(theirs -> parts.remove(Part.REGISTRY));
        return parts;
    }

    private static DatabaseUrl database(EmbeddedParts embedded) {
        var postgres = embedded.postgres();
        return new DatabaseUrl(
                postgres.host(), postgres.port(), postgres.database(), postgres.user(), postgres.password(), "");
    }

    @Override
    public void close() {
        embedded.close();
    }
}
