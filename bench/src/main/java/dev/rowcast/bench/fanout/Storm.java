package dev.rowcast.bench.fanout;

import dev.rowcast.bench.machine.Wait;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Transport;
import java.time.Duration;

/// Clients that all come at once, as after a gateway's restart: how long until all of them are subscribed.
final class Storm {

    private static final String TENANT = "storm";
    private static final int CHANNEL = 1;
    private static final int AT_ONCE = 2_000;
    private static final Duration GONE_WITHIN = Duration.ofSeconds(30);

    private final GatewayStand stand;

    Storm(GatewayStand stand) {
        this.stand = stand;
    }

    Row run(Transport transport, int clients) throws Exception {
        try (Crowd crowd = stand.crowd(transport, TENANT, clients, CHANNEL)) {
            Meter meter = Meter.start(stand);
            double compiled = stand.gateway().compilingSeconds();
            Duration took = crowd.connect(AT_ONCE, Crowd.CONNECT_WITHIN);
            Meter.Usage usage = meter.stop();
            return Row.of(Cell.STORM)
                    .with("transport", transport.title())
                    .with("clients", clients)
                    .measured("all subscribed ms", took.toMillis())
                    .measured("clients/s", clients * 1000.0 / took.toMillis())
                    .measured("gateway s", usage.server())
                    .measured("of it compiling s", stand.gateway().compilingSeconds() - compiled)
                    .measured("gateway µs/client", usage.server() * 1e6 / clients)
                    .measured("retried", crowd.counts(channel -> 0).retries())
                    .shares(usage);
        } finally {
            Wait.until(
                    "the clients are gone", GONE_WITHIN, () -> stand.gateway().connections() == 0);
        }
    }
}
