package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A new message as soon as everybody has one of those under way: as many deliveries as the gateway can do.
final class ClosedLoop {

    private static final int CHANNEL = 2;

    private final Stand stand;

    ClosedLoop(Stand stand) {
        this.stand = stand;
    }

    Row run(Transport transport, int inFlight, int subscribers, int bytes, Duration time) throws Exception {
        Feed feed = stand.feed();
        try (Crowd crowd = stand.crowd(transport, OpenLoop.TENANT, subscribers, CHANNEL)) {
            crowd.connect(Crowd.AT_ONCE, Crowd.CONNECT_WITHIN);
            Semaphore room = new Semaphore(inFlight);
            AtomicLong whole = new AtomicLong();
            crowd.afterTurn(received -> {
                int more = (int) (received / subscribers - whole.get());
                whole.addAndGet(more);
                room.release(more);
            });
            crowd.window(Mark.nowUs(), Long.MAX_VALUE);
            Meter meter = Meter.start(stand);
            long end = System.nanoTime() + time.toNanos();
            long sent = 0;
            while (System.nanoTime() < end) {
                if (room.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    feed.publish(OpenLoop.TENANT, CHANNEL, Mark.nowUs(), bytes);
                    sent++;
                }
            }
            crowd.await(sent * subscribers, Crowd.STRAGGLERS);
            Meter.Usage usage = meter.stop();
            Counts counts = crowd.counts(channel -> feed.next(OpenLoop.TENANT, channel));
            return Row.of(Cell.PEAK)
                    .with("server", stand.name())
                    .with("transport", transport.title())
                    .with("bytes", bytes)
                    .with("in flight", inFlight)
                    .with("subscribers", subscribers)
                    .measured("deliveries/s", counts.received() / usage.seconds())
                    .measured("server %", usage.server() * 100 / usage.seconds())
                    .costs(usage, counts)
                    .delays(counts)
                    .complete(counts)
                    .shares(usage);
        }
    }
}
