package dev.rowcast.bench.topology;

import dev.rowcast.bench.machine.Pacer;
import dev.rowcast.bench.processor.Guarantee;
import dev.rowcast.schemas.avro.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/// How soon a node has what was written, with an open loop: from the moment at which it was due to the moment at which
/// a reader of what is committed has it.
final class Latency {

    private static final Duration STRAGGLERS = Duration.ofSeconds(20);
    private static final int PARTITION = 1;
    private static final int CHANNELS = 1_000;

    private final Rig rig;
    private final Guarantee guarantee;
    private final AtomicLong numbers = new AtomicLong(1);

    Latency(Rig rig, Guarantee guarantee) {
        this.rig = rig;
        this.guarantee = guarantee;
    }

    /// Change → delivery.
    Row deliveries(int perSecond, Duration time) throws Exception {
        String tenant = Rig.tenant(PARTITION);
        Delays delays = new Delays();
        Seen seen = Seen.live(delays);
        try (Reader reader = new Reader(rig, seen)) {
            List<Node> nodes = rig.nodes(1);
            seen.attach(nodes, tenant);
            seen.subscribe(nodes, tenant, 1, Rows.channel(1));
            changes(tenant, delays, perSecond, time, 1);
            delays.await(STRAGGLERS);
            nodes.forEach(node -> node.detach(tenant));
        }
        return Row.of(Cell.DELIVERY)
                .with(guarantee)
                .with("changes/s", perSecond)
                .with("p50 ms", delays.ms(50))
                .with("p99 ms", delays.ms(99))
                .with("worst ms", delays.ms(100))
                .with("missing", delays.missing());
    }

    /// Subscribe → Subscribed, beside changes. Subscribers have what the node has.
    Row subscribes(int perSecond, int changesPerSecond, Duration time) throws InterruptedException, ExecutionException {
        String tenant = Rig.tenant(PARTITION);
        Delays delays = new Delays();
        Delays answers = new Delays();
        Seen seen = Seen.live(delays);
        Map<Long, Long> dueNs = new ConcurrentHashMap<>();
        try (Reader reader = new Reader(rig, seen)) {
            List<Node> nodes = rig.nodes(1);
            Node node = nodes.getFirst();
            seen.attach(nodes, tenant);
            seen.subscribe(nodes, tenant, 1, Rows.channel(0));
            CompletableFuture<Void> beside =
                    CompletableFuture.runAsync(() -> changes(tenant, delays, changesPerSecond, time, CHANNELS));
            List<Long> requests = new ArrayList<>();
            Pacer.run(perSecond, time, (number, due) -> {
                Start start = seen.position(node);
                String channel = Rows.channel((int) (number % CHANNELS));
                long request = node.subscribe(tenant, "user-" + number, List.of(channel), start, List.of());
                dueNs.put(request, due);
                requests.add(request);
            });
            beside.get();
            seen.awaitSubscribed(requests);
            dueNs.forEach((request, due) -> {
                answers.due(request, due);
                answers.arrived(request, seen.subscribedNs(request));
            });
            node.detach(tenant);
        }
        return Row.of(Cell.SUBSCRIBE)
                .with(guarantee)
                .with("subscribes/s", perSecond)
                .with("changes/s", changesPerSecond)
                .with("p50 ms", answers.ms(50))
                .with("p99 ms", answers.ms(99))
                .with("worst ms", answers.ms(100));
    }

    private void changes(String tenant, Delays delays, int perSecond, Duration time, int channels) {
        Pacer.run(perSecond, time, (step, due) -> {
            long number = numbers.getAndIncrement();
            delays.due(number, due);
            rig.changes().send(tenant, Rows.change(number, channels == 1 ? 1 : (int) (step % channels)));
        });
    }
}
