package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.streams.render.Renderer;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The changes of one transaction that wait for its end, because a subscriber gets it whole. What comes between them
/// waits with them, so that the order stays the log's. Where a large one is cut into parts depends on nothing but the
/// log, so a second reading cuts it in the same places.
final class OpenTransaction {

    /// More than this does not wait: a large transaction leaves in parts.
    static final int MOST_CHANGES = 1_000;

    /// As they are in the log.
    static final long MOST_BYTES = 1 << 20;

    /// A change that somebody may have to be told, with each thing that it means.
    record Waiting(LoggedChange change, List<Meaning> meanings) {

        /// Empty when nobody is told.
        static Optional<Waiting> of(Admission admission, LoggedChange change) {
            List<Meaning> meanings = new ArrayList<>(1);
            for (Routed part : change.routed().parts()) {
                if (part instanceof Routed.Told told) {
                    meanings.add(new Meaning(told, new Framing(admission, Renderer::render, change, told)));
                }
            }
            return meanings.isEmpty() ? Optional.empty() : Optional.of(new Waiting(change, meanings));
        }
    }

    record Meaning(Routed.Told told, Framing framing) {}

    private record Id(long xid, long firstLsn) {
        static Id of(Transaction tx) {
            return new Id(tx.getXid(), tx.getFirstLsn());
        }
    }

    private List<Waiting> waiting = new ArrayList<>();
    private @Nullable Id id;
    private long bytes;

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// The offset of the first change that waits.
    long first() {
        return waiting.getFirst().change().offset();
    }

    /// The offset of the last change that waits.
    long last() {
        return waiting.getLast().change().offset();
    }

    /// @param tx the change's transaction; empty in what came from no database
    void add(Waiting change, Optional<Transaction> tx) {
        waiting.add(change);
        bytes += change.change().bytes();
        if (id == null) {
            id = tx.map(Id::of).orElse(null);
        }
    }

    /// Whether a change of this transaction says that the one that waits is over.
    boolean isAnotherThan(Transaction tx) {
        return id != null && !id.equals(Id.of(tx));
    }

    /// Whether nothing more has to be waited for after a change of this transaction.
    boolean endsWith(Optional<Transaction> tx) {
        return id == null
                || tx.filter(each -> each.getLast() && !isAnotherThan(each)).isPresent();
    }

    boolean isFull() {
        return waiting.size() >= MOST_CHANGES || bytes >= MOST_BYTES;
    }

    /// What waited; nothing waits any more.
    List<Waiting> take() {
        List<Waiting> taken = waiting;
        waiting = new ArrayList<>();
        id = null;
        bytes = 0;
        return taken;
    }
}
