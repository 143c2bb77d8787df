package dev.rowcast.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A process with all that it started, as Linux counts them.
public final class ProcessTree {

    private final ProcessHandle root;

    public ProcessTree(ProcessHandle root) {
        this.root = root;
    }

    /// Processor time that the processes which live now have used so far, in seconds.
    public double processorSeconds() throws IOException {
        double seconds = 0;
        for (ProcessHandle process : processes()) {
            seconds += ProcessStat.of(process).ownSeconds();
        }
        return seconds;
    }

    /// Processor time of all that the root started, directly or not, those included that ended; without its own.
    public double descendantsSeconds() throws IOException {
        double seconds = 0;
        for (ProcessHandle process : root.descendants().toList()) {
            ProcessStat stat = ProcessStat.of(process);
            seconds += stat.ownSeconds() + stat.endedChildrenSeconds();
        }
        return seconds;
    }

    /// Memory in MiB, with what processes share counted once.
    public long proportionalMiB() throws IOException {
        long kib = 0;
        for (ProcessHandle process : processes()) {
            kib += read(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))
                    .lines()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        }
        return kib / 1024;
    }

    private List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(root), root.descendants()).toList();
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
