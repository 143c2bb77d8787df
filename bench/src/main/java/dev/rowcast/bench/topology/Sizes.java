package dev.rowcast.bench.topology;

import dev.rowcast.bench.processor.Processor;
import java.util.ArrayList;
import java.util.List;

/// What a subscription and an entry of the journal take.
final class Sizes {

    private static final int SUBSCRIPTIONS = 200_000;
    private static final int CHANGES = 10_000;
    private static final int IN_ONE_COMMAND = 100;
    private static final int PARTITION = 3;
    private static final int HEAP_MIB = 1_500;

    private final Rig rig;
    private final Processor.Settings settings;

    Sizes(Rig rig, Processor.Settings settings) {
        this.rig = rig;
        this.settings = settings.withHeapMiB(HEAP_MIB);
    }

    List<Row> run() throws Exception {
        Seen seen = Seen.onlyAnswers();
        try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings);
                Reader reader = new Reader(rig, seen)) {
            String tenant = Rig.tenant(PARTITION);
            List<Node> nodes = rig.nodes(1);
            seen.attach(nodes, tenant);
            subscribe(seen, nodes.getFirst(), tenant, 0, IN_ONE_COMMAND);
            return List.of(subscriptions(processor, seen, nodes.getFirst(), tenant), journal(processor, tenant));
        }
    }

    private Row subscriptions(Processor processor, Seen seen, Node node, String tenant) throws Exception {
        long heap = processor.liveBytes();
        long changelog = rig.bytes(Rig::isChangelog);
        subscribe(seen, node, tenant, IN_ONE_COMMAND, IN_ONE_COMMAND + SUBSCRIPTIONS);
        return Row.of(Cell.SIZES)
                .with(settings.guarantee())
                .with("what", "subscription to a channel")
                .with("count", SUBSCRIPTIONS)
                .with("heap B", (processor.liveBytes() - heap) / SUBSCRIPTIONS)
                .with("changelog B", (rig.bytes(Rig::isChangelog) - changelog) / SUBSCRIPTIONS);
    }

    private Row journal(Processor processor, String tenant) throws Exception {
        long heap = processor.liveBytes();
        long changelog = rig.bytes(Rig::isChangelog);
        List<Integer> homes = List.of(0);
        long before = rig.delivered(homes);
        for (int i = 0; i < CHANGES; i++) {
            rig.changes().send(tenant, Rows.change(i + 1L, 1));
        }
        while (rig.delivered(homes) < before + CHANGES) {
            Thread.sleep(20);
        }
        return Row.of(Cell.SIZES)
                .with(settings.guarantee())
                .with("what", "change in the journal")
                .with("count", CHANGES)
                .with("heap B", (processor.liveBytes() - heap) / CHANGES)
                .with("changelog B", (rig.bytes(Rig::isChangelog) - changelog) / CHANGES);
    }

    /// Subscribes to the channels of these numbers.
    static void subscribe(Seen seen, Node node, String tenant, int from, int to) throws InterruptedException {
        List<Long> requests = new ArrayList<>();
        for (int first = from; first < to; first += IN_ONE_COMMAND) {
            List<String> channels = new ArrayList<>();
            for (int channel = first; channel < Math.min(to, first + IN_ONE_COMMAND); channel++) {
                channels.add(Rows.channel(channel));
            }
            requests.add(node.subscribe(tenant, "user-1", channels, seen.position(node), List.of()));
        }
        seen.awaitSubscribed(requests);
    }
}
