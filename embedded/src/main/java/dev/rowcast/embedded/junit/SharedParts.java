package dev.rowcast.embedded.junit;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// The parts of this JVM's tests, on free ports in a folder that goes at the end.
final class SharedParts implements AutoCloseable {
    private final TestFolder folder;
    private final EmbeddedParts parts;
    private final Thread atExit;

    private SharedParts(TestFolder folder) {
        this.folder = folder;
        var config = EmbeddedConfig.in(folder.path())
                .withParts(Set.of())
                .withDurable(false)
                // No test kills the broker; one that stood still is not to be taken for dead.
                .withKafkaSetting("broker.session.timeout.ms", "9000")
                .withBinaries(sharedBinaries());
        this.parts = EmbeddedParts.start(config, StartListener.SILENT);
        // For a run that is stopped before its end.
        this.atExit = new Thread(this::stop, "embedded-parts-stop");
    }

    static SharedParts open() {
        var shared = new SharedParts(TestFolder.create());
        Runtime.getRuntime().addShutdownHook(shared.atExit);
        return shared;
    }

    EmbeddedParts with(Set<Part> needed) {
        parts.startAlso(needed);
        return parts;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        stop();
    }

    private void stop() {
        parts.close();
        folder.delete();
    }

    /// Unpacked once for all modules and runs.
    private static Path sharedBinaries() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("rowcast");
    }
}
