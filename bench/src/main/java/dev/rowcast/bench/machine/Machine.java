package dev.rowcast.bench.machine;

import java.lang.management.ManagementFactory;

/// The machine as a whole.
public final class Machine {

    private Machine() {}

    /// How many threads wanted to run, over the last minute.
    public static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
