package dev.rowcast.streams.audience;

import dev.rowcast.streams.journal.Journal;
import dev.rowcast.streams.journal.JournalLimits;
import dev.rowcast.streams.ordering.Position;
import org.apache.kafka.streams.state.KeyValueStore;

/// What is known of one partition: who is attached, who wants what, how far the log was read, and what was in it.
final class Partition {

    private static final String POSITION_KEY = "position";

    private final KeyValueStore<String, Position> positions;
    private final Nodes nodes;
    private final Subscriptions subscriptions;
    private final Journal journal;
    private Position current;

    /// Reads the stores, which are restored by now.
    Partition(
            KeyValueStore<String, Position> positions,
            Nodes nodes,
            Subscriptions subscriptions,
            JournalLimits journalLimits) {
        this.positions = positions;
        this.nodes = nodes;
        this.subscriptions = subscriptions;
        Position stored = positions.get(POSITION_KEY);
        this.current = stored == null ? Position.NONE : stored;
        this.journal = new Journal(journalLimits, current.offset());
    }

    /// The last change that was processed. It is stored, because a node that attaches after a restart must not be told
    /// an earlier one: who starts there would miss what lies between.
    Position current() {
        return current;
    }

    void moveTo(Position position) {
        current = position;
        positions.put(POSITION_KEY, position);
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

    /// The node and all that it wanted.
    void forget(String node) {
        subscriptions.removeNode(node);
        nodes.detach(node);
    }
}
