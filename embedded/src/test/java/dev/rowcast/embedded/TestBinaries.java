package dev.rowcast.embedded;

import java.nio.file.Path;

/// Unpacked once for all tests of this build.
final class TestBinaries {
    static final Path FOLDER = Path.of("target", "binaries").toAbsolutePath();

    private TestBinaries() {}
}
