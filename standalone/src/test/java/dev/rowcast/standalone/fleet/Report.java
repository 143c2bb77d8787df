package dev.rowcast.standalone.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a run measured, in `target/fleet`, for who ran it at full size.
final class Report {

    private static final Path FOLDER = Path.of("target", "fleet");

    private Report() {}

    /// @param test in whose name
    static void write(Class<?> test, String line) throws IOException {
        Files.createDirectories(FOLDER);
        String name = test.getSimpleName();
        Files.writeString(FOLDER.resolve(name + ".txt"), name + ": " + line + "\n");
    }
}
