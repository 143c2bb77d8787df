package dev.rowcast.streams.audience;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How long a request's asker waits, and what it has to hear meanwhile.
final class Patience {

    /// How long the asker hears nothing while its replay is at work. Its gateway waits for three times as long.
    private static final long SIGN_OF_LIFE_US = TimeUnit.SECONDS.toMicros(3);

    /// When the asker heard nothing for so long, it is about to give up and ask anew, and what is replayed after that
    /// is for nobody and keeps all others waiting.
    private static final long QUIET_US = TimeUnit.SECONDS.toMicros(7);

    /// Nobody waits for longer.
    private static final long LONGEST_US = TimeUnit.SECONDS.toMicros(60);

    private final LongSupplier nowUs;
    private final long beganUs;
    private long heardUs;

    /// @param nowUs the clock, microseconds since 1970
    /// @param waitedMs for how long the asker has waited
    Patience(LongSupplier nowUs, long waitedMs) {
        this.nowUs = nowUs;
        this.beganUs = nowUs.getAsLong();
        this.heardUs = beganUs - TimeUnit.MILLISECONDS.toMicros(waitedMs);
    }

    /// The asker was told something.
    void heard() {
        heardUs = nowUs.getAsLong();
    }

    boolean needsSignOfLife() {
        return nowUs.getAsLong() - heardUs >= SIGN_OF_LIFE_US;
    }

    boolean isAboutToEnd() {
        return nowUs.getAsLong() - heardUs > QUIET_US;
    }

    boolean isOver() {
        return nowUs.getAsLong() - beganUs > LONGEST_US;
    }
}
