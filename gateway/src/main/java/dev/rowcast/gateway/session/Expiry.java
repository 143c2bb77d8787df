package dev.rowcast.gateway.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The end of a credential: announced five minutes ahead, then carried out. Confined to the event loop.
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
        Duration noticed = left.compareTo(NOTICE) < 0 ? left : NOTICE;
        long over = loop.ticker().nanoTime() + left.toNanos();
        // One timer at a time, because there are as many as clients.
        timer = after(left.minus(NOTICE), () -> {
            timer = after(Duration.ofNanos(over - loop.ticker().nanoTime()), this.over);
            soon.accept(noticed);
        });
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
