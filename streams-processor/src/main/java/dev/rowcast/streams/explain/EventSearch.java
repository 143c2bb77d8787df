package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.log.LogChunk;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.log.LogRecord;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// Finds an event in `rowcast.changes`, off the stream thread and within bounds. Commits stand in the log in the order
/// of their LSNs, so the place from which on a row's change can be is found by halving; from there the log is read on.
/// What an application published has no LSN: there the newest records are read.
final class EventSearch {

    /// As many are read at most, over all partitions.
    static final int MOST_RECORDS = 300_000;

    private static final int CHUNK = 1_000;
    private static final int PROBE = 64;
    private static final int LONGEST_PROBE = 2_000;

    private final LogReader reader;
    private final BooleanSupplier outOfTime;
    private long read;

    /// @param outOfTime whether it has to end
    EventSearch(LogReader reader, BooleanSupplier outOfTime) {
        this.reader = reader;
        this.outOfTime = outOfTime;
    }

    /// Where to look in a partition.
    ///
    /// @param from inclusive
    /// @param until exclusive
    record Stretch(long from, long until) {}

    record Found(int partition, LogRecord record) {}

    /// How many records were read.
    long read() {
        return read;
    }

    /// @param tenant only its events, those of its shards among them; empty for everybody's
    /// @param stretches by partition
    /// @return empty when it is not there, or the bounds were reached before, see [#isExhausted]
    Optional<Found> find(EventId id, Optional<String> tenant, Map<Integer, Stretch> stretches) {
        Map<Integer, Stretch> left = new TreeMap<>();
        stretches.forEach((partition, stretch) -> left.put(
                partition,
                switch (id) {
                    case EventId.Row row -> new Stretch(halve(partition, stretch, row), stretch.until());
                    case EventId.Published published ->
                        new Stretch(
                                Math.max(stretch.from(), stretch.until() - MOST_RECORDS / stretches.size()),
                                stretch.until());
                }));
        while (!left.isEmpty() && !isExhausted()) {
            for (int partition : List.copyOf(left.keySet())) {
                Stretch stretch = Objects.requireNonNull(left.remove(partition));
                if (stretch.from() < stretch.until()) {
                    LogChunk chunk = read(partition, stretch.from(), stretch.until(), CHUNK);
                    Optional<LogRecord> found = chunk.records().stream()
                            .filter(id::names)
                            .filter(record -> isOf(tenant, record))
                            .findFirst();
                    if (found.isPresent()) {
                        return Optional.of(new Found(partition, found.get()));
                    }
                    left.put(partition, new Stretch(chunk.next(), stretch.until()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOf(Optional<String> tenant, LogRecord record) {
        return tenant.isEmpty()
                || record.key() != null
                        && (record.key().equals(tenant.get()) || record.key().startsWith(tenant.get() + "/"));
    }

    /// Whether it ended because of a bound.
    boolean isExhausted() {
        return read >= MOST_RECORDS || outOfTime.getAsBoolean();
    }

    /// A place after which the event is, if it is there at all.
    private long halve(int partition, Stretch stretch, EventId.Row id) {
        long low = stretch.from();
        long high = stretch.until();
        while (high - low > CHUNK && !isExhausted()) {
            long middle = (low + high) >>> 1;
            Optional<Probe> probe = probe(partition, middle, high, id.epoch());
            if (probe.isEmpty()) {
                return low; // nothing here says where it is
            }
            if (Long.compareUnsigned(probe.get().lsn(), id.firstLsn()) < 0) {
                low = probe.get().offset() + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private record Probe(long offset, long lsn) {}

    /// The first record from there on that says where in the database's log it is.
    private Optional<Probe> probe(int partition, long from, long until, long epoch) {
        long next = from;
        long end = Math.min(until, from + LONGEST_PROBE);
        while (next < end && !isExhausted()) {
            LogChunk chunk = read(partition, next, end, PROBE);
            for (LogRecord record : chunk.records()) {
                OptionalLong lsn = committed(record, epoch);
                if (lsn.isPresent()) {
                    return Optional.of(new Probe(record.offset(), lsn.getAsLong()));
                }
            }
            next = chunk.next();
        }
        return Optional.empty();
    }

    /// Everything that stands before this record committed before this LSN or at it.
    private static OptionalLong committed(LogRecord record, long epoch) {
        if (!(record.value() instanceof Incoming.ChangeRecord(Change change, byte[] bytes))
                || change.getEpoch() != epoch) {
            return OptionalLong.empty();
        }
        return switch (change.getBody()) {
            // The rows of a snapshot are older than their place.
            case RowChange row
            when row.getOp() != Operation.SNAPSHOT && row.getTx().getCommitLsn() != 0 ->
                OptionalLong.of(row.getTx().getCommitLsn());
            case Watermark watermark -> OptionalLong.of(watermark.getLsn());
            default -> OptionalLong.empty();
        };
    }

    private LogChunk read(int partition, long from, long until, int most) {
        LogChunk chunk = reader.read(partition, from, until, most);
        read += Math.max(1, chunk.records().size());
        return chunk;
    }
}
