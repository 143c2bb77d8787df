package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.ingest.check.DatabaseCheck;
import dev.rowcast.ingest.check.Prerequisite;
import dev.rowcast.standalone.CommandLineTest.Result;
import dev.rowcast.standalone.RunningStack.Running;
import dev.rowcast.standalone.doctor.ServiceCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `./rowcast doctor` as a person and as a program meet it.
@ExtendWith(RunningStack.class)
class DoctorTest {

    private static final Path EXAMPLE = TestFolders.home().resolve("examples/vaults/rowcast.yaml");

    private final Running running;

    DoctorTest(Running running) {
        this.running = running;
    }

    @Test
    void aProgramGetsOneDocumentWithStableMembers() {
        // A broker that stood still for a while takes no writes until it is heard of again.
        Result result = await().until(() -> doctor("--json"), each -> each.code() == 0);

        JsonNode report = JsonMapper.shared().readTree(result.out());
        assertThat(report.path("ok").asBoolean()).isTrue();
        assertThat(report.path("checks")).hasSizeGreaterThan(30).allSatisfy(check -> {
            assertThat(check.path("ok").isBoolean()).isTrue();
            assertThat(check.path("severity").asString()).isEqualTo("ok");
            assertThat(check.path("message").asString()).isNotEmpty();
            assertThat(check.path("fix").isArray()).isTrue();
        });
        assertThat(StreamSupport.stream(report.path("checks").spliterator(), false)
                        .map(check -> check.path("check").asString()))
                .contains("server.wal_level", "kafka.transactions", "redis.eviction", "gateway.ready");
    }

    @Test
    void anEmptyDatabaseIsToldWhatToRun() {
        running.sql("create database empty_one");
        String url = "--database-url=postgresql://postgres:postgres@127.0.0.1:%d/empty_one"
                .formatted(running.at().database().port());

        Result result = doctor(url);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out())
                .contains("✖", "[INGEST_SETUP_MISSING]", "infra/postgres/setup.sql", "CREATE PUBLICATION rowcast_app")
                .contains("✔ Brokers")
                .doesNotContain("postgres:postgres", "\tat ");
    }

    @Test
    @DisplayName("a server with wal_level = replica gets a cross with the statement, and exit code 1")
    void aServerThatDoesNotWriteALogicalLogIsTold(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        EmbeddedConfig config = EmbeddedConfig.in(folder)
                .withParts(EnumSet.of(Part.POSTGRES))
                .withPostgresSetting("wal_level", "replica");
        try (EmbeddedParts parts = EmbeddedParts.start(config, StartListener.SILENT)) {
            Result result = doctor("--database-url=postgresql://postgres:postgres@127.0.0.1:%d/app"
                    .formatted(parts.postgres().port()));

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out())
                    .contains("✖ Log level              wal_level is replica [INGEST_WAL_LEVEL]")
                    .contains("        ALTER SYSTEM SET wal_level = 'logical';");
        }
    }

    @Test
    void aCatalogThatIsWrongIsToldLineByLineAndTheRestIsLookedAt(@TempDir Path folder) throws Exception {
        Path broken = folder.resolve("broken.yaml");
        Files.writeString(broken, Files.readString(EXAMPLE).replace("tenancy:", "tenacy:"));

        Result result = doctor("--catalog=" + broken);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("CATALOG_UNKNOWN_KEY", "did you mean \"tenancy\"", "✔ Brokers");
    }

    @Test
    @DisplayName(
            "a table that is read as whoever asks gets a cross without row level security, and a mark without policies")
    void aTableWithoutPoliciesIsTold(@TempDir Path folder) throws Exception {
        Path strict = folder.resolve("strict.yaml");
        Files.writeString(
                strict,
                Files.readString(EXAMPLE)
                        .replace(
                                "read: {columns: [title, owner_id, created_at]}",
                                "read: {columns: [title], row-security: true}"));

        assertThat(doctor("--catalog=" + strict).out())
                .contains("✖ Row security", "public.vaults is read as whoever asks, and has no row level security")
                .contains("ALTER TABLE public.vaults ENABLE ROW LEVEL SECURITY;");
        running.sql("alter table vaults enable row level security");
        try {
            assertThat(doctor("--catalog=" + strict).out())
                    .contains("! Row security", "public.vaults has no policy, so nobody reads any of its rows");
        } finally {
            running.sql("alter table vaults disable row level security");
        }
    }

    @Test
    void aUrlThatIsNoneIsWrongUsage() {
        Result result = doctor("--database-url=mysql://somewhere");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("postgresql://user:password@host:5432/database");
    }

    @Test
    void withoutACatalogItAsksForOne(@TempDir Path empty) {
        Result result = CommandLineTest.run(
                "doctor", "--data=" + empty, "--database-url=postgresql://postgres@127.0.0.1:1/app");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("give --catalog rowcast.yaml");
    }

    @Test
    void thePageHasARowForEveryCheckAndNoOther() throws Exception {
        List<String> documented = Pattern.compile("(?m)^\\| `([a-z]+\\.[a-z_]+)` \\|")
                .matcher(Files.readString(TestFolders.home().resolve("docs/how-to/mend-what-doctor-found.md")))
                .results()
                .map(row -> row.group(1))
                .toList();

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Stream.<Prerequisite>concat(
                                Arrays.stream(DatabaseCheck.values()), Arrays.stream(ServiceCheck.values()))
                        .map(Prerequisite::id)
                        .toList());
    }

    private Result doctor(String... arguments) {
        return CommandLineTest.run(Stream.concat(Stream.of("doctor", "--data=" + running.data()), Stream.of(arguments))
                .toArray(String[]::new));
    }
}
