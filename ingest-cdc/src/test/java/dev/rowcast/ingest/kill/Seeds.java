package dev.rowcast.ingest.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;

/// The seeds that once failed: a number and what it found in each line.
final class Seeds {

    private static final Path FILE = Path.of("src/test/resources/seeds/kill-suite.txt");

    private Seeds() {}

    static LongStream failedOnce() throws IOException {
        return Files.readAllLines(FILE).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .mapToLong(line -> Long.parseLong(line.split(" ", 2)[0]));
    }
}
