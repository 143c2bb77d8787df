package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Two tenants of one node. The quiet one always has the same; the other one has as much, and then many times more.
final class Noisy {

    private static final String QUIET = "quiet";
    private static final String LOUD = "loud";
    private static final int CHANNEL = 1;
    private static final int MORE = 20;

    private final Stand stand;

    Noisy(Stand stand) {
        this.stand = stand;
    }

    /// @param clients of each tenant
    Row run(Transport transport, int perSecond, int clients, int bytes, Duration time) throws Exception {
        try (Crowd quiet = stand.crowd(transport, QUIET, clients, CHANNEL);
                Crowd loud = stand.crowd(transport, LOUD, clients, CHANNEL)) {
            quiet.connect(Crowd.AT_ONCE, Crowd.CONNECT_WITHIN);
            loud.connect(Crowd.AT_ONCE, Crowd.CONNECT_WITHIN);
            Counts beside = beside(quiet, loud, perSecond, perSecond, bytes, time);
            Meter meter = Meter.start(stand);
            Counts besideMore = beside(quiet, loud, perSecond, perSecond * MORE, bytes, time);
            Meter.Usage usage = meter.stop();
            Counts theirs = loud.counts(channel -> stand.feed().next(LOUD, channel));
            return Row.of(Cell.NOISY)
                    .with("transport", transport.title())
                    .with("clients each", clients)
                    .with("quiet messages/s", perSecond)
                    .measured("p50 ms beside as much", beside.ms(50))
                    .measured("p99 ms", beside.ms(99))
                    .measured("p50 ms beside %d×".formatted(MORE), besideMore.ms(50))
                    .measured("p99 ms beside %d×".formatted(MORE), besideMore.ms(99))
                    .measured("p99 ×", besideMore.ms(99) / beside.ms(99))
                    .measured("loud p99 ms", theirs.ms(99))
                    .complete(besideMore)
                    .shares(usage);
        }
    }

    private Counts beside(Crowd quiet, Crowd loud, int perSecond, int theirs, int bytes, Duration time)
            throws Exception {
        Feed feed = stand.feed();
        long before = quiet.received();
        long theirsBefore = loud.received();
        quiet.window(Mark.nowUs(), Long.MAX_VALUE);
        loud.window(Mark.nowUs(), Long.MAX_VALUE);
        CompletableFuture<Long> other = CompletableFuture.supplyAsync(
                () -> Pacer.run(theirs, time, due -> feed.publish(LOUD, CHANNEL, due, bytes)));
        long sent = Pacer.run(perSecond, time, due -> feed.publish(QUIET, CHANNEL, due, bytes));
        long theirsSent = other.get();
        quiet.await(before + sent * quiet.size(), Crowd.STRAGGLERS);
        loud.await(theirsBefore + theirsSent * loud.size(), Crowd.STRAGGLERS);
        return quiet.counts(channel -> feed.next(QUIET, channel));
    }
}
