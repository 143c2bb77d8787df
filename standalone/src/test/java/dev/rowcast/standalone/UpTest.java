package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.standalone.stack.Addresses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// `rowcast up` as a process: what it prints, how it ends, and what is left after a crash.
class UpTest {

    private Path data;
    private List<String> ports;

    @BeforeEach
    void anEmptyDataFolder() throws Exception {
        data = Files.createTempDirectory("rowcast-up");
        ports = UpProcess.freePorts();
    }

    @AfterEach
    void removeTheDataFolder() throws Exception {
        TestFolders.delete(data);
    }

    @Test
    @DisplayName("Ctrl-C ends all within 10 s, and the next start has the data")
    void ctrlCEndsAllAndTheDataStays() throws Exception {
        try (UpProcess up = UpProcess.start(data, ports).awaitReady()) {
            assertThat(up.output()).contains("✔ Postgres", "✔ Gateway", "curl -N -H 'apikey: pk_demo'");
            execute("update sources set title='kept' where id=1");

            assertThat(up.terminate(Duration.ofSeconds(13)))
                    .as("it ended within 10 s, and what a busy machine adds")
                    .isTrue();
        }

        try (UpProcess again = UpProcess.start(data, ports).awaitReady()) {
            assertThat(titles()).containsOnlyOnce("kept");
        }
    }

    @Test
    @DisplayName("P1: after kill -9 nothing is lost and nothing doubled on rowcast.changes")
    void afterAKillNothingIsLostAndNothingDoubled() throws Exception {
        List<String> committed;
        try (UpProcess up = UpProcess.start(data, ports).awaitReady()) {
            AtomicInteger count = new AtomicInteger();
            Thread writer = Thread.ofPlatform().start(() -> writeUntilItFails(count));
            Awaitility.await("some changes").atMost(Duration.ofSeconds(60)).until(() -> count.get() > 500);
            up.kill();
            try (UpProcess again = UpProcess.start(data, ports).awaitReady()) {
                writer.join(Duration.ofSeconds(30));
                execute("update sources set title='k-end' where id=1");
                committed = IntStream.rangeClosed(1, count.get())
                        .mapToObj(i -> "k-" + i)
                        .toList();

                Awaitility.await("everything is there")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> titles().contains("k-end"));

                List<String> published = new ArrayList<>(titles());
                published.removeIf(title -> !title.startsWith("k-"));
                assertThat(published.removeLast()).isEqualTo("k-end");
                // The commit that was under way when the crash came may or may not have happened.
                published.remove("k-" + (committed.size() + 1));
                assertThat(published).containsExactlyElementsOf(committed);
            }
        }
    }

    @Test
    @DisplayName("a taken port is one clear message with a code and the option that mends it")
    void aTakenPortIsOneClearMessage() throws Exception {
        try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            List<String> options = new ArrayList<>(ports);
            options.removeIf(option -> option.startsWith("--port="));
            options.add("--port=" + socket.getLocalPort());

            try (UpProcess up = UpProcess.start(data, options)) {
                assertThat(up.exitCode()).isEqualTo(1);
                assertThat(up.output())
                        .contains("[PORT_TAKEN]", "" + socket.getLocalPort(), "--port")
                        .doesNotContain("\tat ");
            }
        }
    }

    @Test
    @DisplayName("an unknown catalog key is one clear message with file, line, key and fix")
    void anUnknownCatalogKeyIsOneClearMessage() throws Exception {
        Path catalog = data.resolve("rowcast.yaml");
        Files.writeString(catalog, """
                source: app
                tenancy: {column: site_id}
                channels:
                  vault: {access: tenant}
                tables:
                  public.sources: {entity: source, channels: ["vault:{vault_id}"], delivers: [id]}
                """);
        List<String> options = new ArrayList<>(ports);
        options.add("--catalog=" + catalog);

        try (UpProcess up = UpProcess.start(data, options)) {
            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.output())
                    .contains("rowcast.yaml:6", "delivers", "did you mean \"deliver\"", "[CATALOG_UNKNOWN_KEY]")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    @DisplayName("a wrong database password is one clear message")
    void aWrongPasswordIsOneClearMessage() throws Exception {
        try (UpProcess up = UpProcess.start(data, ports).awaitReady()) {
            DatabaseUrl database = Addresses.load(data).database();
            Path elsewhere = Files.createTempDirectory("rowcast-up");
            List<String> options = new ArrayList<>(UpProcess.freePorts());
            options.add("--catalog=" + TestFolders.home().resolve("examples/vaults/rowcast.yaml"));
            try (UpProcess other = UpProcess.start(
                    elsewhere,
                    options,
                    Map.of(
                            "DATABASE_URL",
                            "postgresql://postgres:wrong-sample@127.0.0.1:%d/%s"
                                    .formatted(database.port(), database.database())))) {
                assertThat(other.exitCode()).isEqualTo(1);
                assertThat(other.output())
                        .contains("postgres@127.0.0.1")
                        .containsPattern("\\[[A-Z_]+]")
                        .doesNotContain("wrong-sample")
                        .doesNotContain("\tat ");
            } finally {
                TestFolders.delete(elsewhere);
            }
            assertThat(up.output()).contains("Ready");
        }
    }

    /// Commits one after the other until the database goes; `count` is the last that was acknowledged.
    private void writeUntilItFails(AtomicInteger count) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            while (true) {
                statement.execute("update sources set title='k-%d' where id=1".formatted(count.get() + 1));
                count.incrementAndGet();
            }
        } catch (SQLException e) {
            // It went, as it had to.
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        DatabaseUrl database = Addresses.load(data).database();
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
    }

    /// The titles of source 1 on rowcast.changes, in order, as a read_committed reader has them.
    private List<String> titles() {
        Addresses at = Addresses.load(data);
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(at.registry()));
        List<String> titles = new ArrayList<>();
        try (KafkaConsumer<String, Change> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", at.kafka(), "isolation.level", "read_committed"),
                serdes.key(Topics.CHANGES).deserializer(),
                serdes.value(Topics.CHANGES).deserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, Topics.CHANGES.partitions())
                    .mapToObj(partition -> new TopicPartition(Topics.CHANGES.name(), partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.value().getBody() instanceof RowChange row
                            && row.getTable().equals("public.sources")
                            && row.getKey().equals("1")
                            && row.getAfter() != null) {
                        titles.add(row.getAfter().getOrDefault("title", "").replace("\"", ""));
                    }
                });
            }
        }
        return titles;
    }
}
