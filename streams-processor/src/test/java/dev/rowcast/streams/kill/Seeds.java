package dev.rowcast.streams.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;

/// Seeds of rounds that failed once.
final class Seeds {

    private static final Path FILE = Path.of("src/test/resources/seeds/topology-kill-suite.txt");

    private Seeds() {}

    static LongStream failedOnce() throws IOException {
        return Files.readAllLines(FILE).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+", 2)[0]));
    }
}
