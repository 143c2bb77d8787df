package dev.rowcast.embedded.junit;

import dev.rowcast.embedded.EmbeddedException;
import dev.rowcast.embedded.EmbeddedParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder for one JVM's tests. Making one also clears those of JVMs that were killed.
record TestFolder(Path path) {
    private static final String PREFIX = "rowcast-test-";
    private static final Duration OLD = Duration.ofMinutes(2);

    static TestFolder create() {
        try {
            clearOld(Path.of(System.getProperty("java.io.tmpdir")));
            Path folder = Files.createTempDirectory(PREFIX);
            // Postgres may have to run as another user, who must get through.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            return new TestFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete() {
        delete(path);
    }

    private static void clearOld(Path parent) throws IOException {
        for (Path folder : oldFolders(parent)) {
            try {
                if (EmbeddedParts.clearOrphans(folder)) {
                    delete(folder);
                }
            } catch (EmbeddedException e) {
                continue; // somebody else's
            }
        }
    }

    private static List<Path> oldFolders(Path parent) throws IOException {
        Instant limit = Instant.now().minus(OLD);
        try (Stream<Path> folders = Files.list(parent)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
                    .filter(folder -> folder.toFile().lastModified() < limit.toEpochMilli())
                    .toList();
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // A file that comes or goes meanwhile; the next run clears the rest.
            return;
        }
    }
}
