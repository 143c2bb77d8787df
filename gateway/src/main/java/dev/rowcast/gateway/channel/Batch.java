package dev.rowcast.gateway.channel;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// What one poll brought, handed to every event loop once.
final class Batch {

    private final List<Arrival> arrivals;
    private final AtomicInteger left;
    private final Runnable done;

    /// @param loops how many have to write it
    /// @param done runs when the last of them has
    Batch(List<Arrival> arrivals, int loops, Runnable done) {
        this.arrivals = arrivals;
        this.left = new AtomicInteger(loops);
        this.done = done;
    }

    List<Arrival> arrivals() {
        return arrivals;
    }

    void written() {
        if (left.decrementAndGet() == 0) {
            done.run();
        }
    }
}
