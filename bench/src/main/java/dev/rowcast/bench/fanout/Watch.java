package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Driver;
import dev.rowcast.bench.subscribers.Mark;
import dev.rowcast.bench.subscribers.Transport;
import dev.rowcast.bench.subscribers.Wish;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Clients of somebody's gateway, to which somebody else publishes: what comes, how old it is by its own timestamp, and
/// how often clients have to connect again. Changes nothing there but that the clients are connected.
final class Watch {

    private static final int HTTP = 80;
    private static final int AT_ONCE = 100;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(60);
    private static final long TELL_EVERY_SECONDS = 5;

    private final InetSocketAddress gateway;
    private final Wish wish;
    private final int clients;
    private final Consumer<String> say;

    /// @param url such as `http://gateway:8080`
    /// @param credential a header line
    /// @param say gets a line every few seconds
    /// @throws IllegalArgumentException when the address is none of these
    Watch(
            String url,
            Transport transport,
            String credential,
            List<String> channels,
            int clients,
            Consumer<String> say) {
        this.gateway = address(url);
        this.wish = Wish.ofOthers(transport, credential, channels);
        this.clients = clients;
        this.say = say;
    }

    static InetSocketAddress address(String url) {
        URI uri = URI.create(url);
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("--url is http://host:port, without TLS and without a path, not " + url);
        }
        return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? HTTP : uri.getPort());
    }

    /// @return what a table of one line tells
    Row run(Duration time) throws InterruptedException {
        try (Driver driver = new Driver();
                Crowd crowd = new Crowd(driver, gateway, Collections.nCopies(clients, wish), true)) {
            Duration took = crowd.connect(AT_ONCE, CONNECT_WITHIN);
            say.accept("%,d clients are subscribed after %,d ms".formatted(clients, took.toMillis()));
            crowd.window(Mark.nowUs(), Long.MAX_VALUE);
            long begin = System.nanoTime();
            long before = crowd.received();
            long end = begin + time.toNanos();
            while (System.nanoTime() < end) {
                long left = end - System.nanoTime();
                TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.SECONDS.toNanos(TELL_EVERY_SECONDS)));
                say.accept("  %,d connected, %,d messages".formatted(crowd.connected(), crowd.received() - before));
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            Counts counts = crowd.counts(channel -> 0);
            Row row = Row.of(Cell.OPEN)
                    .with("transport", wish.transport().title())
                    .with("clients", clients)
                    .measured("connected", crowd.connected())
                    .measured("messages", crowd.received() - before)
                    .measured("messages/s", (crowd.received() - before) / seconds);
            if (counts.us().getTotalCount() > 0) {
                row.delays(counts);
            }
            counts.endings().forEach((code, times) -> row.measured("closed with " + code, times));
            return row.measured("connected again", counts.reconnects())
                    .measured("refused", counts.retries())
                    .measured("told RESET", counts.resets());
        }
    }
}
