package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// When it is told what changes mean: at the end of their transaction, and before that where somebody loses something
/// or must refetch.
final class WholeTransactions {

    private final Partition partition;
    private final Teller teller;
    private final BooleanSupplier silent;

    /// @param silent whether nobody is told, because the log is read again
    WholeTransactions(Partition partition, Teller teller, BooleanSupplier silent) {
        this.partition = partition;
        this.teller = teller;
        this.silent = silent;
    }

    /// The last change of a transaction may have been one that is not told.
    void endOther(Optional<Transaction> transaction, long epoch) {
        OpenTransaction open = partition.open();
        if (transaction.filter(open::isAnotherThan).isPresent()) {
            tell(new Position(epoch, open.last()), true);
        }
    }

    /// Who loses something here has what came before.
    void tellBefore(Position position, Optional<Transaction> transaction) {
        endOther(transaction, position.epoch());
        tellBefore(position);
    }

    void endIfOver(Optional<Transaction> transaction, Position position) {
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

    /// What comes before a cut must be told before it, or it would be taken for news after it. Receivers drop
    /// frames by position, and never a reset. Nobody may resume between the two: it would never learn that it
    /// must refetch.
    ///
    /// @param tenant empty for every tenant
    void cut(Optional<TenantId> tenant, Position position, List<Routed.Cut> cuts) {
        tellBefore(position);
        if (!silent.getAsBoolean()) {
            teller.tellCuts(tenant, position, cuts);
        }
    }

    private void tellBefore(Position position) {
        if (!partition.open().isEmpty()) {
            tell(new Position(position.epoch(), position.offset() - 1), false);
        }
    }

    private void tell(Position end, boolean whole) {
        List<OpenTransaction.Waiting> changes = partition.open().take();
        if (!silent.getAsBoolean()) {
            teller.tell(changes, end, whole);
        }
    }
}
