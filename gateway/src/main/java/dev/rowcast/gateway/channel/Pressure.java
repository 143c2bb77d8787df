package dev.rowcast.gateway.channel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what slow clients cost. Safe for use by several threads.
public final class Pressure {

    private final AtomicLong waiting = new AtomicLong();
    private final Counter collapsed;
    private final Counter live;
    private final Counter replay;

    public Pressure(MeterRegistry meters) {
        meters.gauge("rowcast.waiting", waiting);
        this.collapsed = meters.counter("rowcast.collapsed");
        this.live = meters.counter("rowcast.overflows", "during", "live");
        this.replay = meters.counter("rowcast.overflows", "during", "replay");
    }

    /// @param difference in bytes that wait for clients
    void waiting(long difference) {
        if (difference != 0) {
            waiting.addAndGet(difference);
        }
    }

    void collapsed(int messages) {
        if (messages > 0) {
            collapsed.increment(messages);
        }
    }

    void overflowed(boolean duringReplay) {
        (duringReplay ? replay : live).increment();
    }
}
