package dev.rowcast.bench.topology;

import dev.rowcast.bench.processor.Guarantee;
import dev.rowcast.bench.processor.Processor;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;

/// How fast one task works off changes of one tenant's one channel that are all there at once: they become visible
/// with one transaction, so that who writes them takes nothing from who processes them.
final class Throughput {

    private static final Duration LONGEST = Duration.ofSeconds(90);
    private static final int PARTITION = 0;

    private final Rig rig;
    private final Processor processor;
    private final Guarantee guarantee;
    private final AtomicLong numbers = new AtomicLong(1);

    Throughput(Rig rig, Processor processor, Guarantee guarantee) {
        this.rig = rig;
        this.processor = processor;
        this.guarantee = guarantee;
    }

    Row run(int nodeCount, int subscribers, int changes) throws Exception {
        String tenant = Rig.tenant(PARTITION);
        List<Node> nodes = rig.nodes(nodeCount);
        Seen seen = Seen.onlyAnswers();
        try (Reader reader = new Reader(rig, seen)) {
            seen.attach(nodes, tenant);
            seen.subscribe(nodes, tenant, subscribers, Rows.channel(1));
        }
        // A node without a share of few subscribers is told nothing.
        Row row = Row.of(Cell.THROUGHPUT).with("nodes", nodeCount).with("subscribers", subscribers);
        return measure(row, tenant, nodes, Math.min(nodeCount, subscribers), changes, Rows::change);
    }

    /// Makes a change of a row in the channel of this number.
    interface Making {
        Change of(long number, int channel);
    }

    /// @param row begins with what is measured
    /// @param told how many of the nodes are told each change
    /// @param making of changes in channel 1
    Row measure(Row row, String tenant, List<Node> nodes, int told, int changes, Making making) throws Exception {
        List<Integer> homes = nodes.stream().map(Node::home).toList();
        long expected = (long) changes * told;
        long before = rig.delivered(homes);
        long deliveries = rig.bytes(Rig::isDeliveries);
        long changelogs = rig.bytes(Rig::isChangelog);
        double broker = rig.broker().seconds();
        double own = processor.seconds();
        long begin = write(tenant, changes, making);
        long done = 0;
        while (done < expected && System.nanoTime() - begin < LONGEST.toNanos()) {
            Thread.sleep(2);
            done = rig.delivered(homes) - before;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        double processed = Math.min(1, (double) done / expected) * changes;
        nodes.forEach(node -> node.detach(tenant));
        return row.with(guarantee)
                .with("changes", changes)
                .with("changes/s", Math.round(processed / seconds))
                .with("processor µs/change", micros(processor.seconds() - own, processed))
                .with("broker µs/change", micros(rig.broker().seconds() - broker, processed))
                .with("delivered B/change", Math.round((rig.bytes(Rig::isDeliveries) - deliveries) / processed))
                .with("changelog B/change", tenths((rig.bytes(Rig::isChangelog) - changelogs) / processed));
    }

    /// @return when they became visible, [System#nanoTime]
    private long write(String tenant, int changes, Making making) {
        try (KafkaProducer<String, Change> producer = rig.inTransactions();
                Outlet<Change> outlet = new Outlet<>(Topics.CHANGES, producer)) {
            producer.beginTransaction();
            for (int i = 0; i < changes; i++) {
                outlet.send(tenant, making.of(numbers.getAndIncrement(), 1));
            }
            producer.flush();
            long begin = System.nanoTime();
            producer.commitTransaction();
            return begin;
        }
    }

    private static double micros(double seconds, double changes) {
        return tenths(seconds * 1e6 / changes);
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
