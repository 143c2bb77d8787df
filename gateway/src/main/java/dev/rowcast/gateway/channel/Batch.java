package dev.rowcast.gateway.channel;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// What one poll brought, handed to every event loop once.
final class Batch {

    private final List<Arrival> arrivals;
    private final boolean newHome;
    private final AtomicInteger left;
    private final Runnable done;

    /// @param newHome whether the node has another home since the last batch
    /// @param loops how many have to take it
    /// @param done runs when the last of them has
    Batch(List<Arrival> arrivals, boolean newHome, int loops, Runnable done) {
        this.arrivals = arrivals;
        this.newHome = newHome;
        this.left = new AtomicInteger(loops);
        this.done = done;
    }

    List<Arrival> arrivals() {
        return arrivals;
    }

    boolean newHome() {
        return newHome;
    }

    void taken() {
        if (left.decrementAndGet() == 0) {
            done.run();
        }
    }
}
