package dev.rowcast.bench.fanout;

import dev.rowcast.bench.machine.Cores;
import dev.rowcast.bench.machine.ProcessStat;
import java.io.IOException;

/// Processor time of all that take part, since it was started.
///
/// @param ns when, of [System#nanoTime]
/// @param gateway seconds of the gateway
/// @param driver seconds of this process
/// @param parts seconds of the broker, and of the topology where there is one
/// @param core seconds of all that ran on the gateway's core
record Meter(Stand stand, long ns, double gateway, double driver, double parts, double core) {

    /// What was used meanwhile.
    ///
    /// @param seconds of time
    /// @param gateway seconds of the gateway
    /// @param driverShare of one core, with the parts, which have the same cores
    /// @param othersShare of the gateway's core, by others; 0 where the gateway has none of its own
    record Usage(double seconds, double gateway, double driverShare, double othersShare) {}

    static Meter start(Stand stand) throws IOException {
        return new Meter(
                stand,
                System.nanoTime(),
                stand.gateway().seconds(),
                ProcessStat.of(ProcessHandle.current()).ownSeconds(),
                stand.broker().seconds() + stand.feed().seconds(),
                Cores.firstBusySeconds());
    }

    Usage stop() throws IOException {
        Meter now = start(stand);
        double seconds = (now.ns - ns) / 1e9;
        double used = now.gateway - gateway;
        double others = stand.pinned() ? Math.max(0, now.core - core - used) / seconds : 0;
        return new Usage(seconds, used, (now.driver - driver + now.parts - parts) / seconds, others);
    }
}
