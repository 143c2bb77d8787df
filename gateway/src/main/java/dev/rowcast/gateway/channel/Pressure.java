package dev.rowcast.gateway.channel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what slow clients cost, and says when it is more than the node bears. Safe for use by several threads.
public final class Pressure {

    private final long bound;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private final AtomicLong stalled = new AtomicLong();
    private final Counter collapsed;
    private final Counter live;
    private final Counter replay;
    private final Counter shortage;
    private volatile Runnable relief = () -> {};

    /// @param bound of bytes that wait for all clients together that take nothing
    public Pressure(MeterRegistry meters, long bound) {
        this.bound = bound;
        meters.gauge("rowcast.waiting", waiting);
        meters.gauge("rowcast.unsent", unsent);
        this.collapsed = meters.counter("rowcast.collapsed");
        this.live = meters.counter("rowcast.overflows", "during", "live");
        this.replay = meters.counter("rowcast.overflows", "during", "replay");
        this.shortage = meters.counter("rowcast.overflows", "during", "shortage");
    }

    /// What is run, and again and again, while more waits than the bound.
    void whenOver(Runnable task) {
        relief = task;
    }

    /// How much must go, so that it is not a matter of the next byte; 0 or less where nothing must.
    long excess() {
        return stalled.get() - bound / 10 * 9;
    }

    /// @param difference in bytes that wait for clients
    void waiting(long difference) {
        if (difference != 0) {
            waiting.addAndGet(difference);
        }
    }

    /// @param difference in bytes that were written to sockets and that these have not taken
    void unsent(long difference) {
        if (difference != 0) {
            unsent.addAndGet(difference);
        }
    }

    /// @param difference in bytes that wait for clients that take nothing
    void stalled(long difference) {
        if (difference != 0 && stalled.addAndGet(difference) > bound && difference > 0) {
            relief.run();
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

    void relieved() {
        shortage.increment();
    }
}
