package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;

/// Messages of one channel at a fixed rate: what a delivery costs the gateway, and how late it comes.
final class OpenLoop {

    static final String TENANT = "acme";
    static final int AT_ONCE = 500;
    static final Duration CONNECT_WITHIN = Duration.ofMinutes(2);
    static final Duration STRAGGLERS = Duration.ofSeconds(20);
    private static final int CHANNEL = 1;

    private final Stand stand;

    OpenLoop(Stand stand) {
        this.stand = stand;
    }

    Row run(Transport transport, int perSecond, int subscribers, int bytes, Duration time) throws Exception {
        Feed feed = stand.feed();
        try (Crowd crowd = stand.crowd(transport, TENANT, subscribers, CHANNEL)) {
            crowd.connect(AT_ONCE, CONNECT_WITHIN);
            crowd.window(Mark.nowUs(), Long.MAX_VALUE);
            Meter meter = Meter.start(stand);
            long sent = Pacer.run(perSecond, time, due -> feed.publish(TENANT, CHANNEL, due, bytes));
            crowd.await(sent * subscribers, STRAGGLERS);
            Meter.Usage usage = meter.stop();
            Counts counts = crowd.counts(channel -> feed.next(TENANT, channel));
            return Row.of(Cell.OPEN)
                    .with("transport", transport.title())
                    .with("bytes", bytes)
                    .with("messages/s", perSecond)
                    .with("subscribers", subscribers)
                    .measured("gateway s/million", usage.gateway() * 1e6 / counts.received())
                    .measured("p50 ms", counts.ms(50))
                    .measured("p99 ms", counts.ms(99))
                    .measured("worst ms", counts.ms(100))
                    .measured("lost", counts.lost())
                    .measured("twice", counts.twice())
                    .measured("late", counts.late())
                    .measured(usage);
        }
    }
}
