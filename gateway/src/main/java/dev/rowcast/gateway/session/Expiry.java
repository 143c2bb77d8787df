package dev.rowcast.gateway.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The end of a credential: announced five minutes ahead, then carried out. Confined to the event loop.
final class Expiry {

    private static final Duration NOTICE = Duration.ofSeconds(300);

    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<Duration> soon;
    private final Runnable over;
    private final List<Future<?>> timers = new ArrayList<>(2);

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
        Duration untilNotice = left.minus(NOTICE);
        Duration noticed = left.compareTo(NOTICE) < 0 ? left : NOTICE;
        timers.add(after(untilNotice, () -> soon.accept(noticed)));
        timers.add(after(left, over));
    }

    void cancel() {
        timers.forEach(timer -> timer.cancel(false));
        timers.clear();
    }

    private Future<?> after(Duration delay, Runnable task) {
        return loop.schedule(task, Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
    }
}
