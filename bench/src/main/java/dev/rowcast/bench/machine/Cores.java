package dev.rowcast.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Which processors a process may run on (Linux, `taskset`).
///
/// @param list as `taskset -c` has it, such as `0` or `1-3`; empty when it may run on all
public record Cores(String list) {

    /// Of a process that is not held to some.
    public static final Cores ALL = new Cores("");

    private static final double TICKS_PER_SECOND = 100;
    private static final int FIRST_TIME = 1;
    private static final int IDLE = 4;
    private static final int WAITING = 5;
    private static final int LAST_TIME = 8;

    /// The first processor, for what is measured.
    public static Cores first() {
        return new Cores("0");
    }

    /// All but the first, for what measures.
    public static Cores others() {
        int count = Runtime.getRuntime().availableProcessors();
        return new Cores(count == 2 ? "1" : "1-" + (count - 1));
    }

    /// Whether processes can be held apart here.
    public static boolean canBeDivided() {
        try {
            return Runtime.getRuntime().availableProcessors() > 1
                    && new ProcessBuilder("taskset", "-c", "0", "true")
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException e) {
            return false; // there is no taskset
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// What starts a process on them.
    public List<String> launcher() {
        return list.isEmpty() ? List.of() : List.of("taskset", "-c", list);
    }

    /// Moves this process, all its threads and what it will start.
    public void holdThisProcess() throws IOException, InterruptedException {
        if (list.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("taskset", "-a", "-p", "-c", list));
        command.add(Long.toString(ProcessHandle.current().pid()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }

    /// Processor time that all processes of the machine have used on the first processor, in seconds.
    public static double firstBusySeconds() throws IOException {
        return Files.readAllLines(Path.of("/proc/stat")).stream()
                .filter(line -> line.startsWith("cpu0 "))
                .mapToDouble(Cores::busySeconds)
                .findFirst()
                .orElse(0);
    }

    /// @param line of `/proc/stat`
    static double busySeconds(String line) {
        String[] fields = line.trim().split(" +");
        double ticks = 0;
        for (int i = FIRST_TIME; i <= LAST_TIME; i++) {
            ticks += i == IDLE || i == WAITING ? 0 : Long.parseLong(fields[i]);
        }
        return ticks / TICKS_PER_SECOND;
    }
}
