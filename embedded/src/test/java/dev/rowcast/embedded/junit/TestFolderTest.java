package dev.rowcast.embedded.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.StartListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestFolderTest {
    @Test
    void foldersOfKilledRunsGoAndThoseInUseStay() throws Exception {
        // Given two folders that look old, of which one is in use
        Path left = old();
        Path used = old();
        var config = EmbeddedConfig.in(used).withParts(Set.of());
        try (var _ = EmbeddedParts.start(config, StartListener.SILENT)) {
            age(used);

            // When
            TestFolder fresh = TestFolder.create();

            // Then
            assertThat(left).doesNotExist();
            assertThat(used).exists();
            fresh.delete();
            assertThat(fresh.path()).doesNotExist();
        } finally {
            new TestFolder(used).delete();
        }
    }

    private static Path old() throws IOException {
        Path folder = Files.createTempDirectory("rowcast-test-");
        Files.createDirectories(folder.resolve("redis"));
        age(folder);
        return folder;
    }

    private static void age(Path folder) throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
    }
}
