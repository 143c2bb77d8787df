package dev.rowcast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A process with all that it started, as Linux counts them.
final class ProcessTree {

    /// What the kernel counts processor time in; Linux has had 100 a second on every machine for decades.
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;

    private final ProcessHandle root;

    ProcessTree(ProcessHandle root) {
        this.root = root;
    }

    /// Processor time that the processes have used so far, in seconds.
    double processorSeconds() throws IOException {
        double ticks = 0;
        for (Path process : processes()) {
            String stat = read(process.resolve("stat"));
            if (!stat.isEmpty()) {
                // Behind the name, which is in parentheses and may hold anything.
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                ticks += Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /// Memory in MiB, with what processes share counted once.
    long proportionalMiB() throws IOException {
        long kib = 0;
        for (Path process : processes()) {
            kib += read(process.resolve("smaps_rollup"))
                    .lines()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
        return kib / 1024;
    }

    private List<Path> processes() {
        return Stream.concat(Stream.of(root), root.descendants())
                .map(process -> Path.of("/proc", Long.toString(process.pid())))
                .toList();
    }

    /// Empty when the process has ended meanwhile.
    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
