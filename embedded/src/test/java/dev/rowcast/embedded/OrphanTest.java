package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanTest {
    @TempDir
    private Path folder;

    @Test
    void aPidFileThatNamesAnotherProgramTouchesNothing() throws Exception {
        // Given pid files whose number the system has since given to somebody else
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            prepareCluster();
            Files.writeString(folder.resolve("postgres/data/postmaster.pid"), stranger.pid() + "\n");
            Files.writeString(
                    Files.createDirectories(folder.resolve("redis")).resolve("redis.pid"), stranger.pid() + "\n");

            // When
            EmbeddedParts.start(config(), StartListener.SILENT).close();

            // Then
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aServerOnAnotherFolderIsNotOurs() throws Exception {
        // Given a Redis that runs elsewhere, and a stale pid file here that happens to name it
        var elsewhere = config(folder.resolve("elsewhere")).withParts(Set.of(Part.REDIS));
        try (var parts = EmbeddedParts.start(elsewhere, StartListener.SILENT)) {
            String pid = Files.readString(folder.resolve("elsewhere/redis/redis.pid"));
            Files.writeString(Files.createDirectories(folder.resolve("redis")).resolve("redis.pid"), pid);

            // When
            EmbeddedParts.start(config().withParts(Set.of(Part.REDIS)), StartListener.SILENT)
                    .close();

            // Then
            assertThat(RedisLine.send(parts.redis().port(), "PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aHalfMadeClusterIsMadeAgain() throws Exception {
        // Given what a kill in the middle of initdb leaves
        Files.createDirectories(folder.resolve("postgres/data.draft-1/base"));

        // When, then
        EmbeddedParts.start(config().withParts(Set.of(Part.POSTGRES)), StartListener.SILENT)
                .close();
        assertThat(folder.resolve("postgres/data.draft-1")).doesNotExist();
    }

    @Test
    void postgresRunsAsAnotherUserWhereRootHasNoNamespace() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root needs another user");
        // Given a folder that user may enter, and data that root made in a namespace
        Path open = Files.createTempDirectory("rowcast-as-nobody-");
        try {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx--x--x"));
            var config = config(open).withParts(Set.of(Part.POSTGRES));
            EmbeddedParts.start(config, StartListener.SILENT).close();

            // When
            var postgres = Postgres.start(config, RunAs.user("nobody"));

            // Then
            try (var connection = postgres.connect()) {
                assertThat(connection.isValid(5)).isTrue();
                assertThat(Files.getOwner(open.resolve("postgres/data")).getName())
                        .isEqualTo("nobody");
            } finally {
                postgres.stop();
            }
        } finally {
            Folders.delete(open);
        }
    }

    private void prepareCluster() {
        EmbeddedParts.start(config().withParts(Set.of(Part.POSTGRES)), StartListener.SILENT)
                .close();
    }

    private EmbeddedConfig config() {
        return config(folder);
    }

    private static EmbeddedConfig config(Path folder) {
        return EmbeddedConfig.in(folder)
                .withParts(Set.of(Part.POSTGRES, Part.REDIS))
                .withBinaries(TestBinaries.FOLDER)
                .withDurable(false);
    }
}
