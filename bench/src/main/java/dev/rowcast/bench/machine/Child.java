package dev.rowcast.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A JVM of its own, so that what it uses can be counted. All of them get the same flags and the same class path.
public final class Child implements AutoCloseable {

    /// As the images start the services, with a heap that does not depend on the machine.
    public static final List<String> FLAGS = List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final int TAIL_LINES = 30;

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread atExit;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        // For a run that is stopped before its end.
        this.atExit = new Thread(process::destroyForcibly, "bench-stop-" + name);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /// @param folder gets its log, `name.log`
    public static Child start(
            String name, Path folder, String main, List<String> arguments, Map<String, String> environment)
            throws IOException {
        return start(name, folder, List.of(), main, arguments, environment);
    }

    /// @param folder gets its log, `name.log`
    /// @param flags for the JVM, after ours
    public static Child start(
            String name,
            Path folder,
            List<String> flags,
            String main,
            List<String> arguments,
            Map<String, String> environment)
            throws IOException {
        return start(name, folder, List.of(), flags, main, arguments, environment);
    }

    /// @param folder gets its log, `name.log`
    /// @param launcher runs what follows it in its own place, such as `taskset -c 0`; empty for none
    /// @param flags for the JVM, after ours
    public static Child start(
            String name,
            Path folder,
            List<String> launcher,
            List<String> flags,
            String main,
            List<String> arguments,
            Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(flags);
        command.add("-Dlogback.configurationFile=logback-measured.xml");
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main);
        command.addAll(arguments);
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Child(name, builder.start(), log);
    }

    public Process process() {
        return process;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /// @throws IllegalStateException with the end of its log when it has ended
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("%s ended with %d:%n%s".formatted(name, process.exitValue(), tail()));
        }
    }

    /// The last lines of its log.
    public String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Holds all its threads, as `kill -STOP` does.
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /// Lets it go on.
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            requireAlive();
            throw new IllegalStateException("kill -%s %d ended with %d".formatted(signal, process.pid(), code));
        }
    }

    /// `kill -9`, and waits for its end.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    /// Asks it to end, and makes it end after 20 s.
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
