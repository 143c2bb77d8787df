package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Each client listens to a few of many channels, and each message goes to few of the clients: what finding them costs.
final class Swarm {

    private static final String TENANT = "swarm";
    private static final int CHANNELS = 1_000;
    private static final int EACH = 10;

    private final Stand stand;

    Swarm(Stand stand) {
        this.stand = stand;
    }

    /// @param deliveriesPerSecond to all clients together
    Row run(Transport transport, int clients, int deliveriesPerSecond, int bytes, Duration time) throws Exception {
        Feed feed = stand.feed();
        try (Crowd crowd = stand.crowd(
                transport,
                TENANT,
                clients,
                client -> IntStream.range(0, EACH)
                        .mapToObj(each -> feed.listening(TENANT, (client * EACH + each) % CHANNELS))
                        .toList())) {
            crowd.connect(Crowd.AT_ONCE, Crowd.CONNECT_WITHIN);
            double listeners = (double) clients * EACH / CHANNELS;
            AtomicInteger channel = new AtomicInteger();
            crowd.window(Mark.nowUs(), Long.MAX_VALUE);
            Meter meter = Meter.start(stand);
            long before = crowd.received();
            long sent = Pacer.run(
                    deliveriesPerSecond / listeners,
                    time,
                    due -> feed.publish(TENANT, channel.getAndIncrement() % CHANNELS, due, bytes));
            crowd.await(before + (long) (sent * listeners), Crowd.STRAGGLERS);
            Meter.Usage usage = meter.stop();
            Counts counts = crowd.counts(each -> feed.next(TENANT, each));
            return Row.of(Cell.SWARM)
                    .with("transport", transport.title())
                    .with("channels", CHANNELS)
                    .with("clients", clients)
                    .with("channels each", EACH)
                    .measured("messages/s", sent / usage.seconds())
                    .measured("gateway µs/message", usage.server() * 1e6 / sent)
                    .costs(usage, counts)
                    .delays(counts)
                    .complete(counts)
                    .shares(usage);
        }
    }
}
