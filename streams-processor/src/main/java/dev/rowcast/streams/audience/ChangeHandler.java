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

/// What a change means, and when it is told: at the end of its transaction.
final class ChangeHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeHandler.class);

    private final Router router;
    private final Admission admission;
    private final Revoking revoking;
    private final Consequences consequences;
    private final Partition partition;
    private final Teller teller;
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
        this.admission = admission;
        this.revoking = revoking;
        this.consequences = consequences;
        this.partition = partition;
        this.teller = teller;
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
            tellBefore(position, transaction(change));
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
            endOther(Optional.of(row.getTx()), position.epoch());
            Optional<Routed.Cut> cut = router.withoutRow(row);
            cut.ifPresent(each -> cutEveryTenant(position, each));
            if (cut.isEmpty()) {
                partition.journal().advance(offset);
                endIfOver(Optional.of(row.getTx()), position);
            }
        } else {
            take(understand(key, change, bytes, position, at), position);
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
            cut(tenant, position, List.of(cut));
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
            tellBefore(position, Optional.empty());
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

    /// @param told what somebody may have to be told of it
    /// @param transaction empty in what came from no transaction of the log
    /// @param outgoing what others than subscribers are told of it; empty while the log is read again
    private record Understood(
            LoggedChange change,
            Optional<OpenTransaction.Waiting> told,
            Optional<Transaction> transaction,
            Optional<Consequences.Outgoing> outgoing) {}

    /// Everything that can fail because of what the record holds happens here, before anything is told.
    private Understood understand(@Nullable String key, Change change, int bytes, Position position, Moment at) {
        try {
            TenantId tenant = tenant(key).orElseThrow(() -> new IllegalArgumentException("its key is no tenant"));
            LoggedChange logged = new LoggedChange(
                    tenant,
                    position.epoch(),
                    position.offset(),
                    change.getCapturedUs(),
                    bytes,
                    router.route(tenant, change, at));
            Optional<OpenTransaction.Waiting> waiting = OpenTransaction.Waiting.of(admission, logged);
            if (!recalling) {
                // Rendered texts are kept, so what is told later is not rendered again.
                waiting.ifPresent(teller::frames);
            }
            Optional<Consequences.Outgoing> outgoing = recalling
                    ? Optional.empty()
                    : Optional.of(consequences.of(tenant, change, logged.routed(), position, at));
            keep(tenant, change, at);
            return new Understood(logged, waiting, transaction(change), outgoing);
        } catch (RuntimeException e) {
            // What it says of its row holds all the same.
            tenant(key).ifPresent(tenant -> keepAnyway(tenant, change, at));
            throw new UnprocessableException(e);
        }
    }

    private void keep(TenantId tenant, Change change, Moment at) {
        if (!recalling && change.getBody() instanceof RowChange row) {
            partition.rows().apply(tenant, row, at);
        }
    }

    private void keepAnyway(TenantId tenant, Change change, Moment at) {
        try {
            keep(tenant, change, at);
        } catch (RuntimeException e) {
            partition.rows().forgetEverything(Optional.of(tenant), at);
        }
    }

    private void take(Understood understood, Position position) {
        LoggedChange change = understood.change();
        understood.outgoing().ifPresent(consequences::send);
        endOther(understood.transaction(), position.epoch());
        partition.journal().append(change);
        understood.told().ifPresent(told -> partition.open().add(told, understood.transaction()));
        List<Routed.Cut> cuts = change.routed().parts().stream()
                .filter(Routed.Cut.class::isInstance)
                .map(Routed.Cut.class::cast)
                .toList();
        if (cuts.isEmpty()) {
            endIfOver(understood.transaction(), position);
        } else {
            cut(Optional.of(change.tenant()), position, cuts);
        }
    }

    /// The last change of a transaction may have been one that is not told.
    private void endOther(Optional<Transaction> transaction, long epoch) {
        OpenTransaction open = partition.open();
        if (transaction.filter(open::isAnotherThan).isPresent()) {
            tell(new Position(epoch, open.last()), true);
        }
    }

    /// Who loses something here has what came before.
    private void tellBefore(Position position, Optional<Transaction> transaction) {
        endOther(transaction, position.epoch());
        if (!partition.open().isEmpty()) {
            tell(new Position(position.epoch(), position.offset() - 1), false);
        }
    }

    private void endIfOver(Optional<Transaction> transaction, Position position) {
        OpenTransaction open = partition.open();
        if (open.isEmpty()) {
            return;
        }
        if (open.endsWith(transaction)) {
            tell(position, true);
        } else if (open.isFull()) {
            tell(position, false);
        }
    }

    private void tell(Position end, boolean whole) {
        var changes = partition.open().take();
        if (!recalling) {
            teller.tell(changes, end, whole);
        }
    }

    /// What comes before a cut must be told before it, or it would be taken for news after it. Receivers drop frames by
    /// position, and never a reset. Nobody may resume between the two: it would never learn that it must refetch.
    ///
    /// @param tenant empty for every tenant
    private void cut(Optional<TenantId> tenant, Position position, List<Routed.Cut> cuts) {
        if (!partition.open().isEmpty()) {
            tell(new Position(position.epoch(), position.offset() - 1), false);
        }
        if (!recalling) {
            teller.tellCuts(tenant, position, cuts);
        }
    }

    private void cutEveryTenant(Position position, Routed.Cut cut) {
        partition.journal().clear(position.offset());
        cut(Optional.empty(), position, List.of(cut));
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
