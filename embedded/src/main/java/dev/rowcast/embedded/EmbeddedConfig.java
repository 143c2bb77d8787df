package dev.rowcast.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What to start, and where.
///
/// @param folder where everything is kept; made when absent
/// @param parts what to start
/// @param ports a fixed port for each part; 0 or absent takes a free one
/// @param database the database that Postgres has beside its own, made when absent
/// @param password of the superuser `postgres`, set when the folder is first used
/// @param binaries where the programs are unpacked, once for each version
/// @param registryKafka bootstrap servers for the registry when Kafka is not among the parts
/// @param durable false only for tests: Postgres and Redis then do not wait for the disk
/// @param startTimeout how long one part may take, recovery after a crash included
/// @param postgresSettings further settings of Postgres, which win over ours; for tests of servers that are set up
///     otherwise
/// @param kafkaSettings the same of Kafka
/// @param redisSettings the same of Redis
public record EmbeddedConfig(
        Path folder,
        Set<Part> parts,
        Map<Part, Integer> ports,
        String database,
        String password,
        Path binaries,
        Optional<String> registryKafka,
        boolean durable,
        Duration startTimeout,
        Map<String, String> postgresSettings,
        Map<String, String> kafkaSettings,
        Map<String, String> redisSettings) {

    public EmbeddedConfig {
        postgresSettings = Map.copyOf(postgresSettings);
        kafkaSettings = Map.copyOf(kafkaSettings);
        redisSettings = Map.copyOf(redisSettings);
        folder = folder.toAbsolutePath().normalize();
        binaries = binaries.toAbsolutePath().normalize();
        parts = Set.copyOf(parts);
        ports = Map.copyOf(ports);
        ports.forEach((part, port) -> {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port of " + part + " must be 0 to 65535, is " + port);
            }
        });
        if (!database.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("database must match [a-z_][a-z0-9_]{0,62}, is '" + database + "'");
        }
        if (password.isEmpty() || password.lines().count() != 1) {
            throw new IllegalArgumentException("password must be one line and not empty");
        }
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new IllegalArgumentException("startTimeout must be positive, is " + startTimeout);
        }
        if (parts.contains(Part.REGISTRY) && !parts.contains(Part.KAFKA) && registryKafka.isEmpty()) {
            throw new IllegalArgumentException("REGISTRY needs KAFKA among the parts, or registryKafka");
        }
    }

    /// All parts, in the folder, on free ports.
    public static EmbeddedConfig in(Path folder) {
        return new EmbeddedConfig(
                folder,
                EnumSet.allOf(Part.class),
                Map.of(),
                "app",
                "postgres",
                folder.resolve("bin"),
                Optional.empty(),
                true,
                Duration.ofSeconds(60),
                Map.of(),
                Map.of(),
                Map.of());
    }

    /// The port asked for, 0 for a free one.
    public int port(Part part) {
        return ports.getOrDefault(part, 0);
    }

    public EmbeddedConfig withParts(Set<Part> parts) {
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    public EmbeddedConfig withPort(Part part, int port) {
        var all = new EnumMap<Part, Integer>(Part.class);
        all.putAll(ports);
        all.put(part, port);
        return new EmbeddedConfig(
                folder,
                parts,
                all,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    public EmbeddedConfig withDatabase(String database) {
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    public EmbeddedConfig withPassword(String password) {
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    public EmbeddedConfig withBinaries(Path binaries) {
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    /// The registry keeps its schemas on this broker; for when Kafka is somebody else's.
    public EmbeddedConfig withRegistryKafka(String bootstrapServers) {
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                Optional.of(bootstrapServers),
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    public EmbeddedConfig withDurable(boolean durable) {
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    public EmbeddedConfig withStartTimeout(Duration startTimeout) {
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                redisSettings);
    }

    /// Postgres with this setting beside, or instead of, ours.
    public EmbeddedConfig withPostgresSetting(String name, String value) {
        var all = new HashMap<>(postgresSettings);
        all.put(name, value);
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                all,
                kafkaSettings,
                redisSettings);
    }

    /// Kafka with this setting beside, or instead of, ours.
    public EmbeddedConfig withKafkaSetting(String name, String value) {
        var all = new HashMap<>(kafkaSettings);
        all.put(name, value);
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                all,
                redisSettings);
    }

    /// Redis with this setting beside, or instead of, ours.
    public EmbeddedConfig withRedisSetting(String name, String value) {
        var all = new HashMap<>(redisSettings);
        all.put(name, value);
        return new EmbeddedConfig(
                folder,
                parts,
                ports,
                database,
                password,
                binaries,
                registryKafka,
                durable,
                startTimeout,
                postgresSettings,
                kafkaSettings,
                all);
    }
}
