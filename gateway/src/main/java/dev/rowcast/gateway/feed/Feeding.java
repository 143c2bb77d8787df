package dev.rowcast.gateway.feed;

import dev.rowcast.gateway.channel.MembersOnly;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.channel.Upstream;
import dev.rowcast.gateway.told.Told;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.shard.Placement;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// This node's line to the topology: commands up, deliveries down.
public final class Feeding implements AutoCloseable {

    private static final Duration FRESH = Duration.ofSeconds(15);

    private final String bootstrapServers;
    private final TopicSerdes serdes;
    private final Node node = Node.fresh();
    private final Positions positions = new Positions(System::nanoTime);
    private final Told told;
    private final Commands commands;
    private volatile @Nullable Feed feed;

    public Feeding(
            String bootstrapServers,
            TopicSerdes serdes,
            MembersOnly membersOnly,
            Placement placement,
            MeterRegistry meters) {
        this.bootstrapServers = bootstrapServers;
        this.serdes = serdes;
        this.told = new Told(placement, System::nanoTime);
        this.commands = new Commands(node, bootstrapServers, serdes, membersOnly, placement);
        Gauge.builder("rowcast.progress.age", this, feeding -> feeding.slowest().seconds())
                .baseUnit("seconds")
                .register(meters);
    }

    /// Where event loops send what they ask for.
    public Upstream upstream() {
        return commands;
    }

    /// Begins to read, and hands what comes to these.
    public void start(Shards shards) {
        Feed started = new Feed(node, commands, shards, positions, told, bootstrapServers, serdes);
        commands.start();
        started.start();
        feed = started;
    }

    /// What clients were told of late.
    public Told told() {
        return told;
    }

    /// Whether both threads run.
    public boolean isAlive() {
        Feed started = feed;
        return started != null && started.isAlive() && commands.isAlive();
    }

    public boolean hasHome() {
        Feed started = feed;
        return started != null && started.hasHome();
    }

    /// Whether the topology told the node its position in every partition.
    public boolean isAttached() {
        return positions.attachedEverywhere();
    }

    /// Whether the log moved lately: a frozen pipeline is not ready.
    public boolean isProgressing() {
        return positions.progressedWithin(FRESH);
    }

    /// Whether it moved lately in every partition: one that is stuck is hidden by none that moves.
    public boolean isProgressingEverywhere() {
        return slowest().age().compareTo(FRESH) < 0;
    }

    /// The partition that stands still for longest.
    public Slowest slowest() {
        return positions.slowest();
    }

    /// The place in the WAL up to which the node has everything; empty before it knows.
    public OptionalLong lsnReached() {
        return positions.lsnReached();
    }

    /// Leaves the topology and the group.
    @Override
    public void close() {
        Feed started = feed;
        if (started != null) {
            started.close();
        }
        commands.close();
    }
}
