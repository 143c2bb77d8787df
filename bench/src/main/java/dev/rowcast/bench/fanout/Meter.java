package dev.rowcast.bench.fanout;

import dev.rowcast.bench.machine.Cores;
import dev.rowcast.bench.machine.ProcessStat;
import java.io.IOException;

/// Processor time of all that take part, since it was started.
///
/// @param ns when, of [System#nanoTime]
/// @param server seconds of the server
/// @param driver seconds of this process
/// @param parts seconds of the broker, and of the topology where there is one
/// @param core seconds of all that ran on the server's core
record Meter(Stand stand, long ns, double server, double driver, double parts, double core) {

    /// What was used meanwhile.
    ///
    /// @param seconds of time
    /// @param server seconds of the server
    /// @param driverShare of one core, with the parts, which have the same cores
    /// @param othersShare of the server's core, by others; 0 where the server has none of its own
    record Usage(double seconds, double server, double driverShare, double othersShare) {}

    static Meter start(Stand stand) throws IOException {
        return new Meter(
                stand,
                System.nanoTime(),
                stand.seconds(),
                ProcessStat.of(ProcessHandle.current()).ownSeconds(),
                stand.partsSeconds(),
                Cores.firstBusySeconds());
    }

    Usage stop() throws IOException {
        Meter now = start(stand);
        double seconds = (now.ns - ns) / 1e9;
        double used = now.server - server;
        double others = stand.pinned() ? Math.max(0, now.core - core - used) / seconds : 0;
        return new Usage(seconds, used, (now.driver - driver + now.parts - parts) / seconds, others);
    }
}
