package dev.rowcast.bench.fanout;

import dev.rowcast.bench.machine.SocketQueues;
import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/// Readers of one channel, first alone, then beside some that take nothing any more: what these are to the others, what
/// they cost, and how they end.
final class Stalled {

    private static final String TENANT = "stalled";
    private static final int CHANNEL = 1;
    private static final int READERS = 50;
    private static final int STALLING = 5;
    private static final int PER_SECOND = 300;
    private static final int BYTES = 1024;
    /// Messages; less than the gateway lets wait for one client: what a machine costs that stands still for a moment is
    /// not measured here.
    private static final int AHEAD = 128;
    private static final int RECEIVE_BUFFER = 4096;
    private static final int SLOW_CONSUMER = 4008;
    private static final int PUSH_PER_SECOND = 1_500;
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration PUSHING = Duration.ofSeconds(20);
    private static final Duration READING = Duration.ofSeconds(15);

    private final GatewayStand stand;

    Stalled(GatewayStand stand) {
        this.stand = stand;
    }

    Row run(Transport transport, Duration time) throws Exception {
        try (Crowd readers = stand.crowd(transport, TENANT, READERS - STALLING, CHANNEL)) {
            readers.connect(Crowd.AT_ONCE, Crowd.CONNECT_WITHIN);
            Counts alone = publish(readers, time);
            try (Crowd stalling = stalling(transport)) {
                stalling.connect(Crowd.AT_ONCE, Crowd.CONNECT_WITHIN);
                Meter meter = Meter.start(stand);
                Counts beside = publish(readers, time);
                Meter.Usage usage = meter.stop();
                SocketQueues queues =
                        SocketQueues.sentBy(stand.gateway().address().getPort());
                double closedAfter = pushUntilClosed(time);
                Counts ends = ends(stalling);
                StalledMemory memory = StalledMemory.measure(stand, transport, RECEIVE_BUFFER);
                return Row.of(Cell.STALLED)
                        .with("transport", transport.title())
                        .with("readers", READERS - STALLING)
                        .with("stalled", STALLING)
                        .with("KiB/s", PER_SECOND)
                        .measured("p50 ms alone", alone.ms(50))
                        .measured("p99 ms alone", alone.ms(99))
                        .measured("p50 ms beside", beside.ms(50))
                        .measured("p99 ms beside", beside.ms(99))
                        .measured("heap KiB/stalled", memory.full())
                        .measured("heap KiB/given up", memory.over())
                        .measured("kernel KiB/stalled", queues.bytes() / 1024.0 / STALLING)
                        .measured("closed after MiB", closedAfter)
                        .measured("told RESET", ends.resets())
                        .measured("ended", ended(ends))
                        .measured("with 4008", ends.endings().getOrDefault(SLOW_CONSUMER, 0L))
                        .complete(beside)
                        .shares(usage);
            }
        }
    }

    private static double ended(Counts ends) {
        return ends.endings().values().stream().mapToLong(Long::longValue).sum();
    }

    private Crowd stalling(Transport transport) {
        return stand.stalling(transport, TENANT, IntStream.range(READERS, READERS + STALLING), CHANNEL, RECEIVE_BUFFER);
    }

    private Counts publish(Crowd readers, Duration time) throws Exception {
        Feed feed = stand.feed();
        long before = readers.received();
        readers.window(Mark.nowUs(), Long.MAX_VALUE);
        long first = feed.next(TENANT, CHANNEL);
        long deadline = System.nanoTime() + time.plus(Crowd.STRAGGLERS).toNanos();
        LongConsumer awaitAll = messages -> awaitUntil(deadline, readers, before + messages * readers.size());
        long sent = Pacer.run(PER_SECOND, time, due -> {
            awaitAll.accept(feed.next(TENANT, CHANNEL) - first - AHEAD);
            feed.publish(TENANT, CHANNEL, due, BYTES);
        });
        awaitAll.accept(sent);
        return readers.counts(channel -> feed.next(TENANT, channel));
    }

    private static void awaitUntil(long deadline, Crowd readers, long messages) {
        try {
            readers.await(messages, Duration.ofNanos(deadline - System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Goes on, faster, until the gateway has given up those that stall, because the kernel takes megabytes before they
    /// are noticed.
    ///
    /// @param before how long it has gone on so far
    /// @return what had been published until then
    private double pushUntilClosed(Duration before) throws Exception {
        double kibibytes = PER_SECOND * before.toMillis() / 1000.0;
        long deadline = System.nanoTime() + PUSHING.toNanos();
        while (stand.gateway().connections() > READERS - STALLING && System.nanoTime() < deadline) {
            kibibytes +=
                    Pacer.run(PUSH_PER_SECOND, LOOK_EVERY, due -> stand.feed().publish(TENANT, CHANNEL, due, BYTES));
        }
        return kibibytes / 1024;
    }

    /// What they find when they read again: all of what waited for them, and then the end, if it came to that.
    private Counts ends(Crowd stalling) throws InterruptedException {
        stalling.wakeUp();
        long deadline = System.nanoTime() + READING.toNanos();
        while (System.nanoTime() < deadline && stalling.connected() > 0) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return stalling.counts(channel -> 0);
    }
}
