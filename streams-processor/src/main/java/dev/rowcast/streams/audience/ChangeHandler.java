package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import dev.rowcast.streams.route.Router;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the changes in the order of the log, those that were lost as well, and what follows from each.
final class ChangeHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeHandler.class);

    private final Router router;
    private final Revoking revoking;
    private final Consequences consequences;
    private final Partition partition;
    private final Teller teller;
    private final Understanding understanding;
    private final WholeTransactions transactions;
    /// While the log is read again nobody is told.
    private boolean recalling;
    /// Whether the next change begins a log that was made again.
    private boolean anotherLog;

    ChangeHandler(
            Router router,
            Admission admission,
            Revoking revoking,
            Consequences consequences,
            Partition partition,
            Teller teller) {
        this.router = router;
        this.revoking = revoking;
        this.consequences = consequences;
        this.partition = partition;
        this.teller = teller;
        this.understanding = new Understanding(router, admission, consequences, partition, teller, () -> recalling);
        this.transactions = new WholeTransactions(partition, teller, () -> recalling);
    }

    /// @param key the tenant
    /// @throws UnprocessableException when the change cannot be understood; nothing was told then
    void handle(@Nullable String key, Change change, int bytes, long offset) {
        enterEpoch(change.getEpoch(), offset);
        if (anotherLog) {
            anotherLog = false;
            partition.epochs().see(new Position(change.getEpoch(), offset));
            forgetEverything(Optional.empty(), new Position(change.getEpoch(), offset - 1));
        }
        follow(key, change, bytes, new Position(change.getEpoch(), offset));
    }

    /// The topic was deleted and made again. What was in the old one and not processed is lost; the new one names
    /// another epoch, and its first rows are a snapshot's.
    void expectAnotherLog() {
        anotherLog = true;
    }

    /// What is derived from the log follows it, whether the change comes or is read again.
    private void follow(@Nullable String key, Change change, int bytes, Position position) {
        long offset = position.offset();
        Revoking.Taken taken = revoking.take(tenant(key), change.getBody(), position);
        if (taken.revokes()) {
            transactions.tellBefore(position, transaction(change));
            if (!recalling) {
                revoking.tell(taken, position);
            }
        }
        revoking.advance(taken);
        Moment at = taken.at();
        if (!recalling) {
            partition.rows().advance(at);
        }
        if (change.getBody() instanceof Watermark watermark) {
            partition.journal().advance(offset);
            moveTo(position);
            if (!recalling) {
                teller.tellEverybody(partition.settled(), new Progress(watermark.getLsn(), watermark.getSourceUs()));
                consequences.watermark(watermark, position);
            }
            return;
        }
        if (change.getBody() instanceof SnapshotMark mark) {
            partition.journal().advance(offset);
            if (!recalling) {
                partition.rows().snapshot(mark.getPhase(), at);
            }
        } else if (change.getBody() instanceof RowChange row && isForEveryTenant(key, row)) {
            if (!recalling) {
                partition.rows().forgetTable(Optional.empty(), row, at);
                consequences.everyTenant(row, position);
            }
            transactions.endOther(Optional.of(row.getTx()), position.epoch());
            Optional<Routed.Cut> cut = router.withoutRow(row);
            cut.ifPresent(each -> cutEveryTenant(position, each));
            if (cut.isEmpty()) {
                partition.journal().advance(offset);
                transactions.endIfOver(Optional.of(row.getTx()), position);
            }
        } else {
            take(understanding.of(tenant(key), change, bytes, position, at), transaction(change), position);
        }
        moveTo(position);
    }

    /// A record at this offset was lost to us: whoever watches the tenant must refetch.
    ///
    /// @param key the tenant; without one it may have been anybody's
    /// @param timestampMs when it was written, milliseconds since 1970
    /// @param read whether it could be read; otherwise it may have moved any row, and ended any membership
    void handleLost(@Nullable String key, long offset, long timestampMs, boolean read) {
        Position position = new Position(partition.current().epoch(), offset);
        Optional<TenantId> tenant = tenant(key);
        if (!recalling && (!read || tenant.isEmpty())) {
            forgetEverything(tenant, position);
        }
        if (!recalling) {
            consequences.lost(tenant, position);
        }
        Routed.Cut cut = Routed.Cut.throughEverything();
        if (tenant.isPresent()) {
            long writtenUs = TimeUnit.MILLISECONDS.toMicros(timestampMs);
            LoggedChange lost = new LoggedChange(tenant.get(), position.epoch(), offset, writtenUs, 0, cut);
            partition.journal().append(lost);
            transactions.cut(tenant, position, List.of(cut));
        } else {
            cutEveryTenant(position, cut);
        }
        moveTo(position);
    }

    /// What was before this offset, and after what was processed, is not in the log any more.
    void handleGap(long offset) {
        Position position = new Position(partition.current().epoch(), offset);
        Routed.Cut cut = new Routed.Cut(Set.of(), Set.of(), Set.of(), true, ResetReason.TRIMMED);
        forgetEverything(Optional.empty(), position);
        consequences.lost(Optional.empty(), position);
        cutEveryTenant(position, cut);
        moveTo(position);
    }

    /// What follows from changes is not to be relied on any more, because one was lost: neither who is a member nor
    /// which parent a row has.
    private void forgetEverything(Optional<TenantId> tenant, Position position) {
        Revoking.Taken taken = revoking.suspend(tenant, position);
        if (taken.revokes()) {
            transactions.tellBefore(position, Optional.empty());
            revoking.tell(taken, position);
            LOG.atError()
                    .addKeyValue("tenant", tenant.map(TenantId::value).orElse("every tenant of the partition"))
                    .addKeyValue("offset", position.offset())
                    .addKeyValue("memberships", taken.revocations().size())
                    .addKeyValue("fix", "./rowcast backfill, of each members table and each parent")
                    .log("Memberships suspended, because a change was lost");
        }
        revoking.advance(taken);
        partition.rows().forgetEverything(tenant, taken.at());
    }

    /// Takes a record of the log as it was taken when it came, and tells nobody.
    void recall(LogRecord record) {
        recalling = true;
        try {
            switch (record.value()) {
                case Incoming.ChangeRecord(Change change, byte[] bytes) -> {
                    enterEpoch(change.getEpoch(), record.offset());
                    follow(record.key(), change, bytes.length, new Position(change.getEpoch(), record.offset()));
                }
                case Incoming.CommandRecord command -> {}
                case Incoming.Unreadable unreadable ->
                    handleLost(record.key(), record.offset(), record.timestampMs(), false);
            }
        } catch (UnprocessableException e) {
            handleLost(record.key(), record.offset(), record.timestampMs(), true);
        } finally {
            recalling = false;
        }
    }

    /// Positions of different epochs cannot be compared, so nothing of the old one may follow into the new one.
    private void enterEpoch(long epoch, long offset) {
        Position current = partition.current();
        if (current.epoch() == 0 || current.epoch() == epoch) {
            return;
        }
        Position before = new Position(epoch, offset - 1);
        partition.open().take();
        partition.journal().clear(before.offset());
        if (!recalling) {
            teller.tellEpoch(before);
            consequences.lost(Optional.empty(), before);
        }
        moveTo(before);
    }

    private void take(Understanding.Understood understood, Optional<Transaction> transaction, Position position) {
        LoggedChange change = understood.change();
        understood.outgoing().ifPresent(consequences::send);
        transactions.endOther(transaction, position.epoch());
        partition.journal().append(change);
        understood.told().ifPresent(told -> partition.open().add(told, transaction));
        List<Routed.Cut> cuts = change.routed().parts().stream()
                .filter(Routed.Cut.class::isInstance)
                .map(Routed.Cut.class::cast)
                .toList();
        if (cuts.isEmpty()) {
            transactions.endIfOver(transaction, position);
        } else {
            transactions.cut(Optional.of(change.tenant()), position, cuts);
        }
    }

    private void cutEveryTenant(Position position, Routed.Cut cut) {
        partition.journal().clear(position.offset());
        transactions.cut(Optional.empty(), position, List.of(cut));
    }

    private void moveTo(Position position) {
        if (recalling) {
            partition.recalledTo(position);
        } else {
            partition.moveTo(position);
        }
    }

    /// Rows that a snapshot read are in no transaction.
    private static Optional<Transaction> transaction(Change change) {
        return change.getBody() instanceof RowChange row && row.getTx().getXid() != 0
                ? Optional.of(row.getTx())
                : Optional.empty();
    }

    /// Where a column says whose a row is, nothing says whose the rows of a truncated table were, or those that are
    /// not told: it comes once in every partition, with an empty key.
    static boolean isForEveryTenant(@Nullable String key, RowChange row) {
        return (key == null || key.isEmpty()) && (row.getOp() == Operation.TRUNCATE || row.getOp() == Operation.RESET);
    }

    private static Optional<TenantId> tenant(@Nullable String key) {
        try {
            return Optional.ofNullable(key).map(TenantId::new);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
