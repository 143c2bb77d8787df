package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Postgres refuses root; these are the ways around it, as containers that forbid user namespaces need them.
class RunAsTest {
    private Path folder = Path.of(".");

    @BeforeEach
    void folderThatOthersMayEnter() throws IOException {
        folder = Files.createTempDirectory("rowcast-run-as-");
        allow("rwx--x--x");
    }

    @AfterEach
    void deleteFolder() {
        Folders.delete(folder);
    }

    @Test
    void rootRunsPostgresAsAnotherUserAndHandsTheDataOver() throws Exception {
        assumeRoot();
        // Given data that root made in a namespace, and programs in a place that only root may enter
        Path closed = Files.createTempDirectory("rowcast-closed-");
        try {
            EmbeddedParts.start(config(), StartListener.SILENT).close();

            // When
            var postgres = Postgres.start(config().withBinaries(closed), RunAs.user("nobody"));

            // Then
            try (var connection = postgres.connect()) {
                assertThat(connection.isValid(5)).isTrue();
                assertThat(Files.getOwner(folder.resolve("postgres/data")).getName())
                        .isEqualTo("nobody");
            } finally {
                postgres.stop();
            }
        } finally {
            Folders.delete(closed);
        }
    }

    @Test
    void aFolderThatTheOtherUserCannotEnterIsAClearError() throws Exception {
        assumeRoot();
        allow("rwx------");

        assertThatThrownBy(() -> Postgres.start(config().withBinaries(folder.resolve("bin")), RunAs.user("nobody")))
                .hasMessageContaining("ROOT_REFUSED")
                .hasMessageContaining("nobody")
                .hasMessageContaining(folder.toString());
    }

    @Test
    void rootWithoutAnyWayOutIsAClearError() {
        var impossible = new RunAs(List.of("no-such-program"), "nobody");

        assertThatThrownBy(() -> RunAs.choose(() -> impossible)).hasMessageContaining("ROOT_REFUSED");
    }

    private void allow(String permissions) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }

    private static void assumeRoot() {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root needs another user");
    }

    private EmbeddedConfig config() {
        return EmbeddedConfig.in(folder)
                .withParts(Set.of(Part.POSTGRES))
                .withBinaries(TestBinaries.FOLDER)
                .withDurable(false);
    }
}
