package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;

/// Messages of one channel at a fixed rate: what a delivery costs the gateway, and how late it comes.
final class OpenLoop {

    static final String TENANT = "acme";
    private static final int CHANNEL = 1;

    private final Stand stand;

    OpenLoop(Stand stand) {
        this.stand = stand;
    }

    Row run(Transport transport, int perSecond, int subscribers, int bytes, Duration time) throws Exception {
        Feed feed = stand.feed();
        try (Crowd crowd = stand.crowd(transport, TENANT, subscribers, CHANNEL)) {
            crowd.connect(Crowd.AT_ONCE, Crowd.CONNECT_WITHIN);
            crowd.window(Mark.nowUs(), Long.MAX_VALUE);
            Meter meter = Meter.start(stand);
            long sent = Pacer.run(perSecond, time, due -> feed.publish(TENANT, CHANNEL, due, bytes));
            crowd.await(sent * subscribers, Crowd.STRAGGLERS);
            Meter.Usage usage = meter.stop();
            Counts counts = crowd.counts(channel -> feed.next(TENANT, channel));
            return Row.of(Cell.OPEN)
                    .with("server", stand.name())
                    .with("transport", transport.title())
                    .with("bytes", bytes)
                    .with("messages/s", perSecond)
                    .with("subscribers", subscribers)
                    .costs(usage, counts)
                    .delays(counts)
                    .complete(counts)
                    .shares(usage);
        }
    }
}
