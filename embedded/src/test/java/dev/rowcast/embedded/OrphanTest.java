package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
