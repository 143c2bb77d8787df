package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.registry.RegistryClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledProcessTest {
    private static final String SCHEMA =
            "{\"type\":\"record\",\"name\":\"Row\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}]}";

    @TempDir
    private Path folder;

    private EmbeddedConfig config = EmbeddedConfig.in(Path.of("."));

    @BeforeEach
    void fixedPorts() {
        Map<Part, Integer> ports = Arrays.stream(Part.values())
                .collect(Collectors.toMap(Function.identity(), part -> Ports.take(part, 0)));
        config = EmbeddedConfig.in(folder).withBinaries(TestBinaries.FOLDER);
        for (Part part : Part.values()) {
            config = config.withPort(part, ports.getOrDefault(part, 0));
        }
    }

    @Test
    @DisplayName("after kill -9 the same folder and ports start again, and what was acknowledged is there")
    void aKilledProcessBlocksNothingAndLosesNothing() throws Exception {
        // Given a process with all parts, data in each of them, killed without a chance to clean up
        List<Long> orphans;
        int schemaId;
        try (var child = ChildJvm.start(config)) {
            schemaId = writeEverywhere();
            child.kill();
            orphans = List.of(pidIn("postgres/data/postmaster.pid"), pidIn("redis/redis.pid"));
        }
        assertThat(orphans).allMatch(pid -> ProcessHandle.of(pid).isPresent());

        // When the next process starts there
        try (var parts = EmbeddedParts.start(config, StartListener.SILENT)) {

            // Then the orphans are gone and everything is still there
            assertThat(orphans).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
            assertEverythingIsThere(parts, schemaId);
        }
    }

    @Test
    void aCleanStopKeepsEverythingToo() throws Exception {
        int schemaId;
        try (var _ = EmbeddedParts.start(config, StartListener.SILENT)) {
            schemaId = writeEverywhere();
        }
        assertThat(folder.resolve("postgres/data/postmaster.pid")).doesNotExist();
        assertThat(folder.resolve("redis/redis.pid")).doesNotExist();

        try (var parts = EmbeddedParts.start(config, StartListener.SILENT)) {
            assertEverythingIsThere(parts, schemaId);
        }
    }

    private int writeEverywhere() throws Exception {
        var kafka = new KafkaRecords("127.0.0.1:" + config.port(Part.KAFKA));
        kafka.createTopic("kept");
        kafka.send("kept", "one", "two");
        var database = new Postgres.Database(
                "127.0.0.1", config.port(Part.POSTGRES), config.database(), "postgres", config.password());
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("create table kept as select 42 as answer");
        }
        assertThat(redis("SET kept 42")).isEqualTo("+OK");
        return new RegistryClient("http://127.0.0.1:" + config.port(Part.REGISTRY)).register("kept-value", SCHEMA);
    }

    private void assertEverythingIsThere(EmbeddedParts parts, int schemaId) throws Exception {
        assertThat(new KafkaRecords(parts.kafka().bootstrapServers()).readCommitted("kept"))
                .containsExactly("one", "two");
        assertThat(answer(parts.postgres())).isEqualTo(42);
        assertThat(redis("GET kept")).isEqualTo("$2");
        assertThat(new RegistryClient(parts.registry().url()).register("kept-value", SCHEMA))
                .isEqualTo(schemaId);
    }

    private static int answer(Postgres postgres) throws SQLException {
        try (var connection = postgres.connect();
                var rows = connection.createStatement().executeQuery("select answer from kept")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private String redis(String command) throws Exception {
        return RedisLine.send(config.port(Part.REDIS), command);
    }

    private long pidIn(String file) throws Exception {
        return Long.parseLong(
                Files.readAllLines(folder.resolve(file)).getFirst().strip());
    }
}
