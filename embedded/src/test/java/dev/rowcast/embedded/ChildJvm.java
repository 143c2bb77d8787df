package dev.rowcast.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Another JVM that runs all parts, so that a test can kill it.
final class ChildJvm implements AutoCloseable {
    private static final String READY = "ready";
    private final Process process;

    private ChildJvm(Process process) {
        this.process = process;
    }

    static ChildJvm start(EmbeddedConfig config) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ChildJvm.class.getName(),
                config.folder().toString(),
                config.binaries().toString()));
        for (Part part : Part.values()) {
            command.add(Integer.toString(config.port(part)));
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = process.inputReader();
        for (String line = lines.readLine(); !READY.equals(line); line = lines.readLine()) {
            if (line == null) {
                throw new IOException("the child JVM ended before it was ready");
            }
        }
        return new ChildJvm(process);
    }

    /// Like `kill -9`.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    static void main(String[] arguments) throws IOException {
        var config = EmbeddedConfig.in(Path.of(arguments[0])).withBinaries(Path.of(arguments[1]));
        for (Part part : Part.values()) {
            config = config.withPort(part, Integer.parseInt(arguments[2 + part.ordinal()]));
        }
        try (var parts = EmbeddedParts.start(config, StartListener.SILENT)) {
            IO.println(READY);
            int ended = System.in.read();
            assert ended == -1;
        }
    }
}
