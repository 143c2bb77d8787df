package dev.rowcast.bench.topology;

import dev.rowcast.bench.processor.Processor;
import java.time.Duration;
import java.util.List;

/// How long a process needs to begin again with many subscriptions, and with none.
final class Restore {

    private static final int PARTITION = 4;
    private static final int HEAP_MIB = 3_000;
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Rig rig;
    private final Processor.Settings settings;
    private final int subscriptions;

    Restore(Rig rig, Processor.Settings settings, int subscriptions) {
        this.rig = rig;
        this.settings = settings.withHeapMiB(HEAP_MIB);
        this.subscriptions = subscriptions;
    }

    List<Row> run() throws Exception {
        Delays delays = new Delays();
        Seen seen = Seen.live(delays);
        String tenant = Rig.tenant(PARTITION);
        List<Node> nodes = rig.nodes(1);
        Node node = nodes.getFirst();
        try (Reader reader = new Reader(rig, seen)) {
            try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings)) {
                seen.attach(nodes, tenant);
                Sizes.subscribe(seen, node, tenant, 1, 2);
            }
            Row few = restart(delays, tenant, 1, 1, seen, node);
            return List.of(few, restart(delays, tenant, 2, subscriptions, seen, node));
        }
    }

    /// Starts, subscribes to what lacks, stops, and measures the next start.
    private Row restart(Delays delays, String tenant, long number, int wanted, Seen seen, Node node) throws Exception {
        if (wanted > 1) {
            try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings)) {
                seen.attach(List.of(node), tenant);
                Sizes.subscribe(seen, node, tenant, 2, wanted + 1);
            }
        }
        long begin = System.nanoTime();
        delays.reset();
        delays.due(number, begin);
        rig.changes().send(tenant, Rows.change(number, 1));
        try (Processor processor = Processor.launch(rig.broker(), rig.folder(), settings)) {
            delays.await(LONGEST);
        }
        return Row.of(Cell.RESTORE)
                .with(settings.guarantee())
                .with("subscriptions", wanted)
                .with("start of the process → first delivery, ms", delays.ms(100))
                .with("missing", delays.missing());
    }
}
