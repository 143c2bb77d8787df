package dev.rowcast.gateway.limit;

import java.time.Duration;

/// How many came in the last window of time: those of the present fixed window, and of the one before the part that
/// the sliding one still covers, as if they had come evenly. For one thread.
final class SlidingWindow {

    /// What a fraction may be off by the division of time.
    static final double ROUNDING = 1e-6;

    private final long windowNanos;
    private long beganNanos;
    private int before;
    private int now;

    SlidingWindow(Duration window, long nowNanos) {
        this.windowNanos = window.toNanos();
        this.beganNanos = nowNanos;
    }

    /// Never less than zero; rounded up, so that no quota is exceeded by a fraction.
    int count(long nowNanos) {
        move(nowNanos);
        double covered = 1 - (double) (nowNanos - beganNanos) / windowNanos;
        return now + (int) Math.ceil(before * covered - ROUNDING);
    }

    void add(long nowNanos) {
        move(nowNanos);
        now++;
    }

    /// Until the present fixed window is over.
    Duration untilNext(long nowNanos) {
        move(nowNanos);
        return Duration.ofNanos(beganNanos + windowNanos - nowNanos);
    }

    /// Until the count is below the quota when nothing else comes.
    Duration untilBelow(int quota, long nowNanos) {
        if (count(nowNanos) < quota) {
            return Duration.ZERO;
        }
        if (now >= quota) {
            // In the next window these are the ones before, of which all but the quota must have slid out.
            double out = (now - quota + 1) / (double) now;
            return untilNext(nowNanos).plusNanos((long) Math.ceil(out * windowNanos));
        }
        double covered = (quota - 1 - now) / (double) before;
        long at = beganNanos + (long) Math.ceil((1 - covered) * windowNanos);
        return Duration.ofNanos(Math.max(1, at - nowNanos));
    }

    private void move(long nowNanos) {
        long passed = (nowNanos - beganNanos) / windowNanos;
        if (passed > 0) {
            before = passed == 1 ? now : 0;
            now = 0;
            beganNanos += passed * windowNanos;
        }
    }
}
