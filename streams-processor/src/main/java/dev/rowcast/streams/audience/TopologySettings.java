package dev.rowcast.streams.audience;

import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.streams.deadletter.Patience;
import dev.rowcast.streams.explain.Desk;
import dev.rowcast.streams.log.ChangeLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;

/// What the topology needs beside the catalog. None of it changes its shape.
///
/// @param cursors signs what clients resume from; the same secret as the gateways'
/// @param serdes reads and writes the topics
/// @param clock stamps deliveries
/// @param meters where it counts
/// @param patience how long it waits for the schema registry
/// @param log what the topology reads, for what was before its position
/// @param sideReaders where the log is read for cursors that are older than the journal, a chunk at a time; it
///     may refuse
/// @param journalLimits how much of a partition's past can be replayed
/// @param desk where operators ask
public record TopologySettings(
        CursorCodec cursors,
        TopicSerdes serdes,
        Clock clock,
        MeterRegistry meters,
        Patience patience,
        ChangeLog log,
        Executor sideReaders,
        JournalLimits journalLimits,
        Desk desk) {

    private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(1);

    /// Metrics that nobody reads, a minute of patience, no log, reading at once, the default journal.
    public static TopologySettings of(CursorCodec cursors, TopicSerdes serdes, Clock clock) {
        return new TopologySettings(
                cursors,
                serdes,
                clock,
                new SimpleMeterRegistry(),
                new Patience(REGISTRY_PATIENCE),
                ChangeLog.EMPTY,
                Runnable::run,
                JournalLimits.DEFAULTS,
                new Desk());
    }

    public TopologySettings withMeters(MeterRegistry other) {
        return new TopologySettings(cursors, serdes, clock, other, patience, log, sideReaders, journalLimits, desk);
    }

    public TopologySettings withLog(ChangeLog other) {
        return new TopologySettings(cursors, serdes, clock, meters, patience, other, sideReaders, journalLimits, desk);
    }

    public TopologySettings withSideReaders(Executor other) {
        return new TopologySettings(cursors, serdes, clock, meters, patience, log, other, journalLimits, desk);
    }

    public TopologySettings withJournalLimits(JournalLimits other) {
        return new TopologySettings(cursors, serdes, clock, meters, patience, log, sideReaders, other, desk);
    }

    public TopologySettings withDesk(Desk other) {
        return new TopologySettings(cursors, serdes, clock, meters, patience, log, sideReaders, journalLimits, other);
    }
}
