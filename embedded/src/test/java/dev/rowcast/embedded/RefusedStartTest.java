package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusedStartTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Part.class)
    void aTakenPortNamesThePartThePortAndTheFix(Part part) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var config = config().withParts(Set.of(part)).withPort(part, taken.getLocalPort());

            var error = catchThrowableOfType(
                    EmbeddedException.class, () -> EmbeddedParts.start(config, StartListener.SILENT));

            assertThat(error.code()).isEqualTo(Code.PORT_TAKEN);
            assertThat(error)
                    .hasMessageContaining(part.label())
                    .hasMessageContaining(":" + taken.getLocalPort())
                    .hasMessageContaining("another port");
        }
    }

    @Test
    void aFolderServesOneProcessAtATime() {
        try (var _ = EmbeddedParts.start(redisOnly(), StartListener.SILENT)) {
            assertThatThrownBy(() -> EmbeddedParts.start(redisOnly(), StartListener.SILENT))
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("FOLDER_IN_USE")
                    .hasMessageContaining(folder.toString());
        }
    }

    @Test
    void aRefusedSecondStartDoesNotFreeTheFolder() throws Exception {
        try (var _ = EmbeddedParts.start(redisOnly(), StartListener.SILENT)) {
            assertThat(EmbeddedParts.clearOrphans(folder)).isFalse();

            // The kernel's own list, because a try from this JVM is answered by this JVM.
            String file = ":" + Files.getAttribute(folder.resolve("lock"), "unix:ino") + " ";
            assertThat(Files.readAllLines(Path.of("/proc/locks"))).anyMatch(line -> line.contains(file));
        }
    }

    @Test
    void aFailedPartStopsTheOthersAndFreesTheFolder() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var config = config().withParts(Set.of(Part.REDIS, Part.KAFKA)).withPort(Part.KAFKA, taken.getLocalPort());
            assertThatThrownBy(() -> EmbeddedParts.start(config, StartListener.SILENT))
                    .hasMessageContaining("PORT_TAKEN");
        }

        assertThat(folder.resolve("redis/redis.pid")).doesNotExist();
        EmbeddedParts.start(redisOnly(), StartListener.SILENT).close();
    }

    @Test
    void aFolderThatIsAFileIsAClearError() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> EmbeddedParts.start(EmbeddedConfig.in(file), StartListener.SILENT))
                .hasMessageContaining("FOLDER_UNUSABLE")
                .hasMessageContaining(file.toString());
    }

    @Test
    void aPartThatWasNotAskedForIsNamed() {
        try (var parts = EmbeddedParts.start(redisOnly(), StartListener.SILENT)) {
            assertThatThrownBy(parts::postgres)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("POSTGRES");
        }
    }

    @Test
    void anUnknownPlatformIsAClearError() {
        assertThatThrownBy(() -> Platform.of("Plan 9", "amd64"))
                .hasMessageContaining("PLATFORM_UNSUPPORTED")
                .hasMessageContaining("Plan 9");
    }

    @Test
    void badSettingsAreRefusedWithTheirValue() {
        assertThatThrownBy(() -> config().withDatabase("a;b")).hasMessageContaining("a;b");
        assertThatThrownBy(() -> config().withPort(Part.REDIS, 70_000)).hasMessageContaining("70000");
        assertThatThrownBy(() -> EmbeddedConfig.in(folder).withParts(Set.of(Part.REGISTRY)))
                .hasMessageContaining("REGISTRY");
    }

    private EmbeddedConfig config() {
        return EmbeddedConfig.in(folder)
                .withBinaries(TestBinaries.FOLDER)
                .withDurable(false)
                .withRegistryKafka("127.0.0.1:1");
    }

    private EmbeddedConfig redisOnly() {
        return config().withParts(Set.of(Part.REDIS));
    }
}
