package dev.rowcast.bench.subscribers;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.function.LongConsumer;

/// Clients of one gateway that are counted together.
@SuppressWarnings("FutureReturnValueIgnored") // what fails is counted by listeners
public final class Crowd implements AutoCloseable, Subscriber.Listener {

    /// Who does not measure storms connects so many at a time, and waits so long for all.
    public static final int AT_ONCE = 200;

    public static final Duration CONNECT_WITHIN = Duration.ofMinutes(2);
    /// What does not come within this is lost.
    public static final Duration STRAGGLERS = Duration.ofSeconds(20);

    private static final long RETRY_MS = 500;
    private static final long LOOK_EVERY_MS = 2;

    private final Driver driver;
    private final InetSocketAddress gateway;
    private final Iterator<Wish> wishes;
    private final int size;
    private final Tally tally = new Tally();
    private final boolean comesBack;
    private final Set<Subscriber> all = new LinkedHashSet<>();
    private final Set<Subscriber> open = new HashSet<>();
    private int subscribed;
    private int failed;
    private boolean closing;

    /// Nobody is connected yet. Who is not connected any more stays away.
    public Crowd(Driver driver, InetSocketAddress gateway, List<Wish> wishes) {
        this(driver, gateway, wishes, false);
    }

    /// @param comesBack whether who was subscribed and is not any more connects again, after a moment
    public Crowd(Driver driver, InetSocketAddress gateway, List<Wish> wishes, boolean comesBack) {
        this.driver = driver;
        this.gateway = gateway;
        this.wishes = List.copyOf(wishes).iterator();
        this.size = wishes.size();
        this.comesBack = comesBack;
    }

    /// Connects and subscribes everybody. Who is refused tries again, until as many were refused as there are clients.
    ///
    /// @param atOnce how many at most have not got there yet
    /// @return how long it took
    /// @throws IllegalStateException when not all are subscribed in time, with what the first was told
    public Duration connect(int atOnce, Duration within) throws InterruptedException {
        long begin = System.nanoTime();
        driver.loop().execute(() -> {
            tally.beganUs = Mark.nowUs();
            for (int i = 0; i < atOnce; i++) {
                next();
            }
        });
        int there = 0;
        boolean waiting = true;
        while (waiting) {
            there = driver.ask(() -> subscribed);
            boolean over = there + driver.ask(() -> failed) >= size;
            waiting = !over && System.nanoTime() - begin < within.toNanos();
            if (waiting) {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        if (there < size) {
            throw new IllegalStateException("%,d of %,d clients are subscribed after %d s; the first error: %s"
                    .formatted(there, size, took.toSeconds(), driver.ask(() -> tally.firstError)));
        }
        return took;
    }

    private void next() {
        if (!wishes.hasNext()) {
            return;
        }
        come(wishes.next());
    }

    private void come(Wish wish) {
        if (closing) {
            return;
        }
        Subscriber subscriber = new Subscriber(wish, gateway.getHostString() + ":" + gateway.getPort(), tally, this);
        all.add(subscriber);
        open.add(subscriber);
        Bootstrap bootstrap = driver.bootstrap().handler(subscriber);
        if (wish.receiveBuffer() > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, wish.receiveBuffer());
        }
        bootstrap.connect(gateway).addListener((ChannelFuture connected) -> {
            if (!connected.isSuccess()) {
                tally.error(String.valueOf(connected.cause()));
                gone(subscriber, false);
            }
        });
    }

    @Override
    public void subscribed(Subscriber subscriber) {
        subscribed++;
        next();
    }

    @Override
    public void gone(Subscriber subscriber, boolean wasSubscribed) {
        open.remove(subscriber);
        if (closing || (wasSubscribed && !comesBack)) {
            return;
        }
        if (!wasSubscribed && !comesBack && tally.retries >= size) {
            failed++;
            next();
            return;
        }
        if (wasSubscribed) {
            tally.reconnects++;
            subscribed--;
        } else {
            tally.retries++;
        }
        all.remove(subscriber);
        long delayMs = RETRY_MS + ThreadLocalRandom.current().nextLong(RETRY_MS);
        driver.loop().schedule(() -> come(subscriber.wish()), delayMs, TimeUnit.MILLISECONDS);
    }

    public int size() {
        return size;
    }

    /// Messages so far, of all clients together.
    public long received() {
        return tally.received.get();
    }

    /// How many are connected.
    public int connected() throws InterruptedException {
        return driver.ask(open::size);
    }

    /// From now on, delays of what is due in this time count, in [Mark#nowUs].
    public void window(long fromUs, long untilUs) throws InterruptedException {
        driver.ask(() -> {
            tally.window(fromUs, untilUs);
            return true;
        });
    }

    /// @param turn is told in the clients' thread how much was received so far
    public void afterTurn(LongConsumer turn) throws InterruptedException {
        driver.ask(() -> {
            tally.afterTurn(turn);
            return true;
        });
    }

    /// Those that stalled read what they have.
    public void wakeUp() throws InterruptedException {
        driver.ask(() -> {
            all.forEach(Subscriber::wakeUp);
            return true;
        });
    }

    /// Waits until this many messages were received; afterwards [#counts] says whether.
    public void await(long messages, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (received() < messages && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
    }

    /// @param end of a channel, the number behind the last message that was sent
    public Counts counts(IntToLongFunction end) throws InterruptedException {
        return driver.ask(() -> new Counts(
                tally.us.copy(),
                tally.received.get(),
                all.stream()
                        .flatMap(subscriber -> subscriber.orders().stream())
                        .mapToLong(order -> order.missing(end.applyAsLong(order.channel())))
                        .sum(),
                tally.twice,
                tally.late,
                tally.resets,
                tally.retries,
                tally.reconnects,
                tally.errors,
                tally.firstError,
                Map.copyOf(tally.endings)));
    }

    /// Everybody leaves.
    @Override
    public void close() throws InterruptedException {
        driver.ask(() -> {
            closing = true;
            List.copyOf(open).forEach(Subscriber::close);
            return true;
        });
    }
}
