package dev.rowcast.streams.audience;

import java.util.function.LongSupplier;

/// Shares a task's time between replays and what is live: after a slice of replays live changes get at least as long,
/// so however much there is to replay, they are as fast as with half a processor.
final class Pace {

    private final LongSupplier nowUs;
    private long endedUs;
    private long tookUs;

    /// @param nowUs a clock that may be set back; then what is due is due too early, never too late
    Pace(LongSupplier nowUs) {
        this.nowUs = nowUs;
    }

    /// Replays, if it is their turn.
    void slice(Runnable replays) {
        long beganUs = nowUs.getAsLong();
        long passedUs = beganUs - endedUs;
        if (passedUs >= 0 && passedUs < tookUs) {
            return;
        }
        replays.run();
        endedUs = nowUs.getAsLong();
        tookUs = endedUs - beganUs;
    }
}
