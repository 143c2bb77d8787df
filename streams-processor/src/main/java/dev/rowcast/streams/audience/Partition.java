package dev.rowcast.streams.audience;

import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.streams.history.Epochs;
import dev.rowcast.streams.history.Snapshots;
import dev.rowcast.streams.journal.Journal;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.rows.Rows;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;

/// What is known of one partition: who is attached, who wants what, how far the log was read, and what was in it.
final class Partition {

    private static final String POSITION_KEY = "position";

    private final KeyValueStore<String, Position> positions;
    private final Epochs epochs;
    private final Snapshots snapshots;
    private final Nodes nodes;
    private final Subscriptions subscriptions;
    private final Rows rows;
    private final Journal journal;
    private final OpenTransaction open = new OpenTransaction();
    private Position current;

    /// Reads the stores, which are restored by now.
    Partition(
            KeyValueStore<String, Position> positions,
            Epochs epochs,
            Nodes nodes,
            Subscriptions subscriptions,
            Rows rows,
            JournalLimits journalLimits) {
        this.positions = positions;
        this.epochs = epochs;
        this.snapshots = new Snapshots(positions, epochs);
        this.nodes = nodes;
        this.subscriptions = subscriptions;
        subscriptions.misfits().forEach(nodes::detach);
        this.rows = rows;
        Position stored = positions.get(POSITION_KEY);
        this.current = stored == null ? Position.NONE : stored;
        this.journal = new Journal(journalLimits, current.offset());
        rows.advance(epochs.at(current));
    }

    /// The last change that was processed. It is stored, because a node that attaches after a restart must not
    /// be told an earlier one: who starts there would miss what lies between.
    Position current() {
        return current;
    }

    /// How far a node is that has everything it was told: before the transaction that waits for its end. Whoever
    /// started after that would miss the transaction's beginning.
    Position settled() {
        return open.isEmpty() ? current : new Position(current.epoch(), open.first() - 1);
    }

    /// What waits for the end of its transaction.
    OpenTransaction open() {
        return open;
    }

    void moveTo(Position position) {
        current = position;
        positions.put(POSITION_KEY, position);
    }

    /// The same while the log is read again, when nothing is stored.
    void recalledTo(Position position) {
        current = position;
    }

    /// Forgets what is derived from the log, before that is read again.
    ///
    /// @param offset after which it is read
    void forget(long offset) {
        current = new Position(0, offset);
        journal.clear(offset);
        open.take();
    }

    /// The log's incarnations.
    Epochs epochs() {
        return epochs;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    Rows rows() {
        return rows;
    }

    Nodes nodes() {
        return nodes;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    Journal journal() {
        return journal;
    }

    /// Makes the node known, or renews its lease.
    ///
    /// @return whether its lease was alive, so that its subscriptions are still there
    boolean attach(String node, Attachment attachment, long nowMs) {
        boolean known = nodes.attach(node, attachment, nowMs);
        if (!known) {
            subscriptions.suspend(node);
        }
        return known;
    }

    /// Ends the leases that are over, and removes what nodes wanted that are gone. A node goes first and its
    /// subscriptions a turn later: a crash between the two may leave subscriptions without their node, which the
    /// next turn removes, and never a known node without its subscriptions.
    ///
    /// @param nowMs by the wall clock
    /// @param own how much of the silence of nodes is not theirs
    /// @return the nodes whose lease ended
    EndedLeases endLeases(long nowMs, OwnSilence own) {
        nodes.excuse(own.look(nowMs), nowMs);
        subscriptions.purgeRevoked(nowMs);
        boolean waits = subscriptions.removeSuspended() | nodes.settle();
        subscriptions.nodes().stream()
                .filter(node -> nodes.home(node).isEmpty())
                .forEach(subscriptions::removeNode);
        List<String> expired = nodes.expired(nowMs - own.behindMs(nowMs));
        expired.forEach(nodes::detach);
        expired.forEach(subscriptions::leave);
        return new EndedLeases(expired, waits || !expired.isEmpty());
    }

    /// @param commits whether the next turn relies on what this one or one before stored
    record EndedLeases(List<String> nodes, boolean commits) {}
}
