package dev.rowcast.standalone.containers;

import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.standalone.stack.StackSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.MountableFile;

/// Postgres, Kafka and Redis in containers, from the images and with the commands of the compose file. The schema
/// registry stays the embedded one and keeps its schemas in that Kafka.
public final class ContainerParts implements AutoCloseable {

    /// Tests with this tag need a Docker engine; `mvn -Pcontainers` runs them.
    public static final String TAG = "containers";

    private static final int REDIS_PORT = 6379;

    private final PostgreSQLContainer postgres;
    private final KafkaContainer kafka;
    private final GenericContainer<?> redis;

    private ContainerParts(Path home) {
        ComposeFile compose = ComposeFile.of(home);
        postgres = new PostgreSQLContainer(compose.service("postgres").image())
                .withDatabaseName("app")
                .withUsername("postgres")
                .withCopyFileToContainer(
                        MountableFile.forHostPath(home.resolve("infra/postgres/setup.sql")),
                        "/docker-entrypoint-initdb.d/setup.sql");
        postgres.setCommand(compose.service("postgres").command().toArray(String[]::new));
        kafka = new KafkaContainer(compose.service("kafka").image())
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        redis = new GenericContainer<>(compose.service("redis").image()).withExposedPorts(REDIS_PORT);
        redis.setCommand(compose.service("redis").command().toArray(String[]::new));
    }

    /// @param home the folder of the repository
    public static ContainerParts start(Path home) {
        var parts = new ContainerParts(home);
        try {
            Startables.deepStart(parts.postgres, parts.kafka, parts.redis).join();
            return parts;
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /// The settings with these parts in the place of embedded ones.
    public StackSettings in(StackSettings settings) {
        var database = new DatabaseUrl(
                postgres.getHost(),
                postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                postgres.getDatabaseName(),
                postgres.getUsername(),
                postgres.getPassword(),
                "");
        return new StackSettings(
                settings.data(),
                settings.setup(),
                settings.example(),
                settings.catalog(),
                settings.page(),
                settings.port(),
                settings.managementPort(),
                settings.partPorts(),
                Optional.of(database),
                Optional.of(kafka.getBootstrapServers()),
                Optional.of("redis://%s:%d".formatted(redis.getHost(), redis.getMappedPort(REDIS_PORT))),
                Optional.empty());
    }

    @Override
    public void close() {
        Stream.of(redis, kafka, postgres).forEach(GenericContainer::stop);
    }
}
