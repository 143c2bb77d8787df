package dev.rowcast.streams.ordering;

import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.Epoch;

/// A place in one partition of `rowcast.changes`: everything up to it has been seen.
///
/// @param epoch the log's incarnation; 0 when none is known
/// @param offset of the last record seen; -1 before the first
public record Position(long epoch, long offset) {

    /// Before anything was seen.
    public static final Position NONE = new Position(0, -1);

    /// Whether a record is news to somebody who is here. Positions of different incarnations cannot be compared, so
    /// there the answer is yes: repeating is allowed, skipping is not.
    public boolean isBefore(long recordEpoch, long recordOffset) {
        return epoch != recordEpoch || offset < recordOffset;
    }

    /// Whether it belongs to an incarnation of the log that is known not to be this one. A position without epoch
    /// belongs to any.
    public boolean isOfAnotherEpochThan(Position current) {
        return epoch != 0 && epoch != current.epoch;
    }

    /// What clients in this partition resume from.
    public Cursor cursor(int partition) {
        return Cursor.at(new Epoch(epoch), partition, offset);
    }
}
