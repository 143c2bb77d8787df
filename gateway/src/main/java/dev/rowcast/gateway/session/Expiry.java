package dev.rowcast.gateway.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The end of a credential: announced five minutes ahead, or at once where less is left, then carried out. Confined to
/// the event loop.
final class Expiry {

    private static final Duration NOTICE = Duration.ofSeconds(300);

    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<Duration> soon;
    private final Runnable over;
    private @Nullable Future<?> timer;

    Expiry(EventLoop loop, Clock clock, Consumer<Duration> soon, Runnable over) {
        this.loop = loop;
        this.clock = clock;
        this.soon = soon;
        this.over = over;
    }

    /// The credential ends then, and not when it was said before.
    void at(Instant end) {
        cancel();
        Duration left = Duration.between(clock.instant(), end);
        long over = loop.ticker().nanoTime() + left.toNanos();
        Duration untilNotice = left.minus(NOTICE);
        if (untilNotice.isPositive()) {
            timer = after(untilNotice, () -> announce(NOTICE, over));
        } else {
            announce(left, over);
        }
    }

    /// One timer at a time, because there are as many as clients.
    private void announce(Duration left, long overNanos) {
        timer = after(Duration.ofNanos(overNanos - loop.ticker().nanoTime()), over);
        soon.accept(left);
    }

    void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private Future<?> after(Duration delay, Runnable task) {
        return loop.schedule(task, Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
    }
}
