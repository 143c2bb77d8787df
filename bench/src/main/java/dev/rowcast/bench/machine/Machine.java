package dev.rowcast.bench.machine;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// The machine as a whole.
public final class Machine {

    private Machine() {}

    /// How many threads wanted to run, over the last minute.
    public static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /// How many files and sockets a process may have open at a time; very many where that cannot be seen.
    public static long openFilesAllowed() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
