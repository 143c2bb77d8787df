package dev.rowcast.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// One process as Linux counts it, at one moment.
///
/// @param ownSeconds processor time of its threads
/// @param endedChildrenSeconds processor time of children that ended
/// @param residentMiB memory that it has in RAM, shared pages included
public record ProcessStat(double ownSeconds, double endedChildrenSeconds, long residentMiB) {

    /// What the kernel counts processor time in; Linux has had 100 a second on every machine for decades.
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int RESIDENT_PAGES = 21;
    private static final long PAGE_BYTES = 4096;
    private static final ProcessStat GONE = new ProcessStat(0, 0, 0);

    /// All zeros when the process has ended meanwhile.
    public static ProcessStat of(ProcessHandle process) throws IOException {
        try {
            return parse(Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat")));
        } catch (NoSuchFileException e) {
            return GONE;
        }
    }

    /// @param stat the content of `/proc/<pid>/stat`
    static ProcessStat parse(String stat) {
        // Behind the name, which is in parentheses and may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new ProcessStat(
                (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1])) / TICKS_PER_SECOND,
                (Long.parseLong(fields[USER_TIME + 2]) + Long.parseLong(fields[USER_TIME + 3])) / TICKS_PER_SECOND,
                Long.parseLong(fields[RESIDENT_PAGES]) * PAGE_BYTES / (1024 * 1024));
    }
}
