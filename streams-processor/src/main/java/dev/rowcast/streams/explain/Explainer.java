package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.explain.AskException.Code;
import dev.rowcast.streams.explain.DeliveryTrail.Looked;
import dev.rowcast.streams.explain.EventSearch.Found;
import dev.rowcast.streams.explain.EventSearch.Stretch;
import dev.rowcast.streams.explain.Examination.Findings;
import dev.rowcast.streams.log.ChangeLog;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/// Says why an event did or did not reach somebody. It finds the event in the log, off the stream thread; asks the
/// task that has its partition what it means and who is there; and looks into what nodes were told. Safe for use by
/// several threads, few at a time.
public final class Explainer {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(15);
    private static final int AT_A_TIME = 2;

    private final Catalog catalog;
    private final Desk desk;
    private final ChangeLog log;
    private final DeliveryTrail trail;
    private final Instances instances;
    private final Semaphore turns = new Semaphore(AT_A_TIME);

    public Explainer(Catalog catalog, Desk desk, ChangeLog log, DeliveryTrail trail, Instances instances) {
        this.catalog = catalog;
        this.desk = desk;
        this.log = log;
        this.trail = trail;
        this.instances = instances;
    }

    /// Explains; takes up to half a minute where the log is long.
    ///
    /// @param eventId of a row's change, of its transaction, or of what an application published
    /// @param principal whom it should have reached, as `user:alice`; empty for anybody
    /// @param tenant only its events; ids that applications give are unique in one tenant only
    /// @throws AskException when the input is wrong, the event is not found, or this instance cannot say
    public Explanation explain(String eventId, Optional<String> principal, Optional<String> tenant) {
        EventId id = EventId.parse(eventId);
        Optional<Who> who = principal.map(Who::parse);
        if (!turns.tryAcquire()) {
            throw new AskException(
                    Code.BUSY, "%d events are being explained already; ask again in a moment".formatted(AT_A_TIME));
        }
        try (LogReader reader = log.open()) {
            return explain(id, who, tenant, reader);
        } finally {
            turns.release();
        }
    }

    private Explanation explain(EventId id, Optional<Who> who, Optional<String> tenant, LogReader reader) {
        long deadline = System.nanoTime() + LONGEST_SEARCH.toNanos();
        Map<Integer, Stretch> stretches = stretches(id, reader);
        EventSearch search = new EventSearch(reader, () -> System.nanoTime() > deadline);
        Found found = search.find(id, tenant, stretches).orElseThrow(() -> notFound(id, search, stretches));
        LogRecord record = found.record();
        Findings findings =
                desk.ask(found.partition(), PATIENCE, view -> Optional.of(Examination.of(view, record, who)));
        Looked looked = trail.look(found.partition(), epoch(record, findings), record.offset(), record.timestampMs());
        Times times = new Times(reader, found.partition());
        Judge judge = new Judge(record, findings, who, looked);
        Sentences sentences = new Sentences(catalog, record, findings, judge, looked, times, who);
        return new Answer(found, findings, who, judge, looked, times, search.read())
                .write(sentences.verdict(judge.decide()));
    }

    private static long epoch(LogRecord record, Findings findings) {
        return record.value() instanceof Incoming.ChangeRecord(Change change, byte[] bytes)
                ? change.getEpoch()
                : findings.state().current().epoch();
    }

    /// Where it can be in each partition that is processed here. Offsets of different incarnations of the log are
    /// apart, so only that of the id counts.
    private Map<Integer, Stretch> stretches(EventId id, LogReader reader) {
        if (desk.partitions().isEmpty()) {
            throw new AskException(
                    Code.NOT_HERE, "this instance processes no partition at present", instances.others());
        }
        Map<Integer, Stretch> stretches = new TreeMap<>();
        for (int partition : desk.partitions()) {
            PartitionView.State state = desk.ask(partition, PATIENCE, view -> Optional.of(view.state()));
            long first = reader.first(partition);
            long end = reader.end(partition);
            stretches.put(
                    partition,
                    switch (id) {
                        case EventId.Published published -> new Stretch(first, end);
                        case EventId.Row row -> stretch(row.epoch(), state, first, end);
                    });
        }
        return stretches;
    }

    private static Stretch stretch(long epoch, PartitionView.State state, long first, long end) {
        List<Position> incarnations = state.incarnations();
        for (int i = 0; i < incarnations.size(); i++) {
            if (incarnations.get(i).epoch() == epoch) {
                boolean last = i + 1 == incarnations.size();
                long until = last ? end : incarnations.get(i + 1).offset() + 1;
                // It was first seen at its first record or right before.
                long from = Math.max(first, incarnations.get(i).offset());
                // A topic that was made anew counts from 0 again.
                return until < from ? new Stretch(first, end) : new Stretch(from, until);
            }
        }
        // Never seen: it may be yet to come.
        return new Stretch(Math.clamp(state.current().offset() + 1, Math.min(first, end), end), end);
    }

    private AskException notFound(EventId id, EventSearch search, Map<Integer, Stretch> stretches) {
        String where = "%d records of rowcast.changes in the partitions %s of this instance"
                .formatted(search.read(), stretches.keySet());
        String why = search.isExhausted()
                ? "the search ended at its bound"
                : "it may be older than the log (24 hours by default), of another instance's partitions, or not captured"
                        + " yet";
        return new AskException(
                Code.EVENT_NOT_FOUND,
                "event '%s' is not among the %s; %s".formatted(id.text(), where, why),
                instances.others());
    }
}
