package dev.rowcast.streams.audience;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What a partition holds, for who looks from outside: as it was at the last look of the stream thread.
final class PartitionMetrics implements AutoCloseable {

    private final MeterRegistry meters;
    private final String partition;
    private final List<Meter> registered = new ArrayList<>();
    private final AtomicLong nodes;
    private final AtomicLong subscriptions;
    private final AtomicLong journalChanges;
    private final AtomicLong journalBytes;
    private final AtomicLong replays;
    private final AtomicLong touched = new AtomicLong();

    PartitionMetrics(MeterRegistry meters, int partition) {
        this.meters = meters;
        this.partition = Integer.toString(partition);
        nodes = gauge("rowcast.streams.nodes", "gateway nodes whose lease is alive");
        subscriptions = gauge("rowcast.streams.subscriptions", "subscriptions of all nodes");
        journalChanges = gauge("rowcast.streams.journal.changes", "changes that can be replayed from memory");
        journalBytes = gauge("rowcast.streams.journal.size", "their bytes in the log");
        replays = gauge("rowcast.streams.replays", "replays that wait for their turn");
        registered.add(FunctionCounter.builder("rowcast.streams.journal.read", touched, AtomicLong::doubleValue)
                .description("entries of the journal that replays looked at")
                .tag("partition", this.partition)
                .register(meters));
    }

    /// The stream thread looks.
    void look(Partition now, Replays waiting) {
        nodes.set(now.nodes().attached().size());
        subscriptions.set(now.subscriptions().size());
        journalChanges.set(now.journal().size());
        journalBytes.set(now.journal().bytes());
        replays.set(waiting.size());
        touched.set(now.journal().touched());
    }

    /// The partition is another process's.
    @Override
    public void close() {
        registered.forEach(meters::remove);
    }

    private AtomicLong gauge(String name, String description) {
        AtomicLong value = new AtomicLong();
        registered.add(Gauge.builder(name, value, AtomicLong::doubleValue)
                .description(description)
                .tag("partition", partition)
                .register(meters));
        return value;
    }
}
