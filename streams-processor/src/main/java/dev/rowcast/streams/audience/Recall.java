package dev.rowcast.streams.audience;

import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.streams.log.ChangeLog;
import dev.rowcast.streams.log.LogChunk;
import dev.rowcast.streams.log.LogReader;
import dev.rowcast.streams.ordering.Position;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a task derives from the log and does not store, made again from the log's tail when it starts: the journal, and
/// the transaction that was open.
///
/// The input goes on where it was committed, and the restored stores may be ahead of that. So this happens twice after
/// a crash: up to the stored position, for who asks before the first change comes, and up to that change.
final class Recall {

    private static final Logger LOG = LoggerFactory.getLogger(Recall.class);
    private static final int CHUNK = 1_000;

    /// Whatever the journal's limits are: enough to find the part of an open transaction that nobody was told, also
    /// where marks of transactions take offsets.
    private static final int LEAST_OFFSETS = 4 * OpenTransaction.MOST_CHANGES;

    /// From one change to the next, where the mark of a transaction is between them. A longer step may also be a
    /// transaction that was taken back.
    private static final int USUAL_STEP = 2;

    private final ChangeLog log;
    private final int number;
    private final JournalLimits limits;
    private final Partition partition;
    private final ChangeHandler changes;
    private boolean begun;
    private long last;
    private boolean isAnotherLog;
    private long oldest;

    /// @param number the partition's
    Recall(ChangeLog log, int number, JournalLimits limits, Partition partition, ChangeHandler changes) {
        this.log = log;
        this.number = number;
        this.limits = limits;
        this.partition = partition;
        this.changes = changes;
    }

    /// Once the stores are restored.
    ///
    /// @param nowMs by the wall clock
    void start(long nowMs) {
        Position stored = partition.current();
        if (stored.offset() < 0) {
            return;
        }
        if (isShorterThan(stored)) {
            partition.forget(stored.offset());
            isAnotherLog = true;
        } else {
            upTo(stored.offset() + 1, nowMs);
            isAnotherLog = partition.current().isOfAnotherEpochThan(stored);
        }
        partition.recalledTo(stored);
    }

    /// Its topic was deleted and made again since the position was stored.
    private boolean isShorterThan(Position stored) {
        try (LogReader reader = log.open()) {
            return reader.end(number) <= stored.offset();
        }
    }

    /// Before each change is processed.
    ///
    /// @param offset the change's
    /// @param nowMs by the wall clock
    void before(long offset, long nowMs) {
        if (begun) {
            lookForGap(offset);
        } else {
            begun = true;
            beforeFirst(offset, nowMs);
        }
        last = offset;
    }

    /// A consumer jumps silently over what the log forgot before it was read.
    private void lookForGap(long offset) {
        if (offset - last > USUAL_STEP && first() > last + 1) {
            LOG.atError()
                    .addKeyValue("partition", number)
                    .addKeyValue("after", last)
                    .addKeyValue("before", offset)
                    .log("The log has forgotten what was not processed");
            changes.handleGap(offset - 1);
        }
    }

    private long first() {
        try (LogReader reader = log.open()) {
            return reader.first(number);
        }
    }

    private void beforeFirst(long offset, long nowMs) {
        if (isAnotherLog) {
            LOG.atError().addKeyValue("partition", number).log("The log is another one than it was");
            changes.expectAnotherLog();
            return;
        }
        Position stored = partition.current();
        if (offset <= stored.offset()) {
            upTo(offset, nowMs);
            if (partition.current().epoch() == 0) {
                nothingRecalled(stored, offset);
            }
        } else if (stored.offset() >= 0 && oldest > stored.offset() + 1) {
            // Longer away than the log reaches back: nobody knows what was in between.
            changes.handleGap(offset - 1);
        }
    }

    /// The log has nothing before this offset, so it does not say of which incarnation that was.
    private void nothingRecalled(Position stored, long offset) {
        Position first = partition.epochs().before(stored, offset).orElse(Position.NONE);
        partition.recalledTo(new Position(first.epoch(), offset - 1));
        if (first.offset() >= offset) {
            // It died soon after the log was made again, and what that means may have been told to nobody.
            changes.expectAnotherLog();
        }
    }

    /// @param end the first offset that is not recalled
    private void upTo(long end, long nowMs) {
        long startedNanos = System.nanoTime();
        try (LogReader reader = log.open()) {
            oldest = reader.first(number);
            long young = reader.firstSince(number, nowMs - limits.age().toMillis());
            long wanted = Math.min(Math.max(end - limits.changes(), young), end - LEAST_OFFSETS);
            long from = Math.min(Math.max(oldest, wanted), end);
            partition.forget(from - 1);
            while (from < end) {
                LogChunk chunk = reader.read(number, from, end, CHUNK);
                chunk.records().forEach(changes::recall);
                from = chunk.next();
            }
        }
        LOG.atInfo()
                .addKeyValue("partition", number)
                .addKeyValue("offset", end)
                .addKeyValue("changes", partition.journal().size())
                .addKeyValue("tookMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos))
                .log("Journal recalled");
    }
}
