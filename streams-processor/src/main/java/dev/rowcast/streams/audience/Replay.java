package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.streams.ordering.Position;
import java.util.List;

/// What somebody missed: all of it, or nothing.
sealed interface Replay {

    record Complete(List<Piece> pieces) implements Replay {}

    /// It cannot be told any more.
    record Impossible(ResetReason reason) implements Replay {}

    /// As much as goes into one record.
    ///
    /// @param end up to which somebody has everything who has it: the last change that is whole
    /// @param endsTransaction whether a client may resume after it
    record Piece(List<Frame> frames, Position end, boolean endsTransaction) {}
}
