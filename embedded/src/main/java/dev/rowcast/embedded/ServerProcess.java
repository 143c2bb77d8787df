package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Server programs as children: starting them, waiting for them, and recognising those of a dead parent.
final class ServerProcess {
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration SIGNAL_TIMEOUT = Duration.ofSeconds(5);
    private static final int LOG_TAIL_LINES = 8;

    private ServerProcess() {}

    /// Starts a server in a session of its own, so that Ctrl-C in the terminal reaches only the parent. Its
    /// output goes to the log, begun anew at each start.
    static Process start(List<String> command, Path workingFolder, Path log) {
        try {
            var all = new ArrayList<String>();
            if (onPath("setsid")) {
                all.add("setsid");
            }
            all.addAll(command);
            var builder = new ProcessBuilder(all)
                    .directory(workingFolder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            cleanEnvironment(builder);
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new EmbeddedException(
                    Code.START_FAILED, "cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    /// Waits until the server is ready; fails with the last lines of its log when it ends or takes too long.
    static void awaitReady(Part part, Process process, Path log, Duration timeout, BooleanSupplier ready) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new EmbeddedException(
                        Code.START_FAILED,
                        "%s ended with %d:%n%s".formatted(part.label(), process.exitValue(), tail(log)));
            }
            if (System.nanoTime() > deadline) {
                throw new EmbeddedException(
                        Code.START_TIMED_OUT,
                        "%s was not ready within %s:%n%s".formatted(part.label(), timeout, tail(log)));
            }
            pause();
        }
    }

    /// Asks the process to end (SIGTERM) and makes it end when it does not.
    static void stop(ProcessHandle process, Duration patience) {
        process.destroy();
        if (!awaitExit(process, patience)) {
            process.destroyForcibly();
            awaitExit(process, patience);
        }
    }

    /// For the signals that Java does not send.
    static void signal(ProcessHandle process, String name) {
        run(List.of("sh", "-c", "kill -" + name + " " + process.pid()), SIGNAL_TIMEOUT);
    }

    static boolean awaitExit(ProcessHandle process, Duration timeout) {
        CompletableFuture<ProcessHandle> exit = process.onExit();
        try {
            exit.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// The process with this id, if it is that program at work in that folder. An id that the system has since given
    /// to something else is not.
    static Optional<ProcessHandle> find(long pid, String program, Path folder) {
        return ProcessHandle.of(pid).filter(process -> runs(pid, program, folder));
    }

    /// Everything of that program whose working directory is the folder.
    static List<ProcessHandle> findAll(String program, Path folder) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> runs(process.pid(), program, folder)).toList();
        }
    }

    private static boolean runs(long pid, String program, Path folder) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
            List<String> words = List.of(line.split("\0"));
            String first = words.getFirst();
            boolean isProgram = first.endsWith("/" + program) || first.startsWith(program + ":");
            return isProgram && (words.contains(asBytes(folder)) || worksIn(pid, folder));
        } catch (IOException e) {
            return false; // it has ended, or is not ours to look at
        }
    }

    private static String asBytes(Path folder) {
        return new String(folder.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static boolean worksIn(long pid, Path folder) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).equals(folder);
        } catch (IOException e) {
            return false;
        }
    }

    /// Runs a short command to its end.
    static Outcome run(List<String> command, Duration timeout) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            cleanEnvironment(builder);
            Path output = Files.createTempFile("rowcast-", ".out");
            try {
                Process process = builder.redirectOutput(output.toFile()).start();
                process.getOutputStream().close();
                if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    return new Outcome(-1, "not done within " + timeout);
                }
                return new Outcome(process.exitValue(), tail(output));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, "interrupted");
        }
    }

    record Outcome(int exit, String output) {
        boolean ok() {
            return exit == 0;
        }
    }

    static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Stream.of(path.split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException(Code.START_FAILED, "interrupted while waiting", e);
        }
    }

    private static void cleanEnvironment(ProcessBuilder builder) {
        // PGPORT, PGDATA and the like would override what we say.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
