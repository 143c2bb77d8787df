package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Transport;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a gateway has more of when many clients are connected, each with one subscription, and nothing happens.
final class Idle {

    private static final String TENANT = "idle";
    private static final int CHANNEL = 1;
    private static final int FIRST = 500;
    private static final int AT_ONCE = 500;
    private static final long SETTLE_SECONDS = 3;
    /// All of the heap is resident from the start, so that what is resident later is beside it.
    private static final List<String> HEAP_FIRST = List.of("-Xms512m", "-XX:+AlwaysPreTouch");

    private final GatewayStand stand;

    Idle(GatewayStand stand) {
        this.stand = stand;
    }

    /// With a new gateway, because memory that was touched once stays resident.
    Row run(Transport transport, int clients) throws Exception {
        stand.restartGateway(HEAP_FIRST);
        GatewayUnderTest gateway = stand.gateway();
        // Classes and buffers that the first clients need are not what a further one costs.
        try (Crowd first = stand.crowd(transport, TENANT, FIRST, CHANNEL)) {
            first.connect(AT_ONCE, Crowd.CONNECT_WITHIN);
            long heapBefore = gateway.liveHeapBytes();
            long residentBefore = gateway.residentKiB();
            try (Crowd crowd = stand.crowd(transport, TENANT, clients, CHANNEL)) {
                Meter meter = Meter.start(stand);
                crowd.connect(AT_ONCE, Crowd.CONNECT_WITHIN);
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                long resident = gateway.residentKiB();
                long heap = gateway.liveHeapBytes();
                Meter.Usage usage = meter.stop();
                return Row.of(Cell.IDLE)
                        .with("transport", transport.title())
                        .with("clients", clients)
                        .measured("beside the heap KiB/client", (double) (resident - residentBefore) / clients)
                        .measured("live heap KiB/client", (heap - heapBefore) / 1024.0 / clients)
                        .measured("still connected", crowd.connected())
                        .shares(usage);
            }
        }
    }
}
