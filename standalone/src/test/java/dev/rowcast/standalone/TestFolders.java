package dev.rowcast.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// What tests need to know of the file system.
final class TestFolders {

    private TestFolders() {}

    /// The folder of the repository.
    static Path home() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /// Deletes a folder; a program that is just ending may still write and remove files of its own.
    static void delete(Path folder) {
        Awaitility.await(folder + " is deleted").ignoreExceptions().until(() -> {
            if (Files.exists(folder)) {
                deleteNow(folder);
            }
            return !Files.exists(folder);
        });
    }

    private static void deleteNow(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
